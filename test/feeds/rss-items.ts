import { expect } from 'vitest';

const MARKS: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

/** The items of a feed of RSS 2.0 with Google's namespace, each of these fields once and nothing else; all else ends the reading. */
export function rssItems(text: string, fields: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const whole =
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<rss version="2\.0" xmlns:g="http:\/\/base\.google\.com\/ns\/1\.0"><channel>\n<title>[^<]*<\/title><link>[^<]*<\/link><description>[^<]*<\/description>\n((?:<item>.*<\/item>\n)*)<\/channel><\/rss>\n$/;
  const [, items] = whole.exec(text) ?? [];
  expect(items, text).toBeDefined();
  return [...(items ?? '').matchAll(/^<item>(.*)<\/item>$/gm)].map(([, inside = '']) => {
    const found = [...inside.matchAll(/<g:([a-z_]+)>([^<>]*)<\/g:\1>/g)];
    expect(found.map(([all]) => all).join('')).toBe(inside);
    expect(found.map(([, name]) => name)).toEqual(fields);
    return Object.fromEntries(found.map(([, name = '', value = '']) => [name, unmarked(value)]));
  });
}

function unmarked(value: string): string {
  expect(value.replaceAll(/&(?:amp|lt|gt|quot);/g, '')).not.toContain('&');
  return value.replaceAll(/&[a-z]+;/g, (mark) => MARKS[mark] ?? mark);
}
