/** Ids as text: rising, neighbours together, each as the distance to the one before. 5, 6, 7 and 12 are `5+2,5`. */
export function packedIds(ids: Iterable<number>): string {
  let end = 0;
  return rangesOf(ids)
    .map(([from, to]) => {
      const text = `${from - end}${to > from ? `+${to - from}` : ''}`;
      end = to;
      return text;
    })
    .join(',');
}

export function unpackedIds(text: string): readonly number[] {
  const ids: number[] = [];
  let end = 0;
  for (const part of text === '' ? [] : text.split(',')) {
    const [gap = 0, more = 0] = part.split('+').map(Number);
    for (let id = end + gap; id <= end + gap + more; id += 1) ids.push(id);
    end += gap + more;
  }
  return ids;
}

/** First and last of each run of neighbours. */
export function rangesOf(ids: Iterable<number>): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === id - 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges;
}
