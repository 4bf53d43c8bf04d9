import { expect, test } from 'vitest';
import { GroupCommit } from './group-commit.ts';

/** A disk whose commits end when the test says so. */
function slowDisk(): { readonly commits: PromiseWithResolvers<void>[]; sync(): Promise<void> } {
  const commits: PromiseWithResolvers<void>[] = [];
  return {
    commits,
    sync: () => {
      const commit = Promise.withResolvers<void>();
      commits.push(commit);
      return commit.promise;
    },
  };
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

test('[R37] a lone caller is served at once', async () => {
  const ran: string[] = [];
  const group = new GroupCommit<string, string>(
    slowDisk(),
    (work) => `${ran.push(work)}`,
    () => undefined,
  );
  expect(await group.submit('a')).toBe('1');
});

test('[R37] whoever arrives during a commit shares the next one', async () => {
  const disk = slowDisk();
  const groups: string[][] = [[]];
  const group = new GroupCommit<string, null>(
    disk,
    (work) => {
      groups.at(-1)?.push(work);
      return null;
    },
    () => groups.push([]),
  );
  const first = group.submit('a');
  const others = [group.submit('b'), group.submit('c')];
  await first;
  expect(groups).toEqual([['a'], []]);
  disk.commits[0]?.resolve();
  await Promise.all(others);
  expect(groups).toEqual([['a'], ['b', 'c'], []]);
  expect(disk.commits).toHaveLength(2);
});

test('[R37] one that throws rejects its own caller alone', async () => {
  const group = new GroupCommit<string, string>(
    slowDisk(),
    (work) => {
      if (work === 'bad') throw new Error('broken rule');
      return work;
    },
    () => undefined,
  );
  const [bad, good] = await Promise.allSettled([group.submit('bad'), settled().then(() => 'later')]);
  expect(bad.status).toBe('rejected');
  expect(good.status).toBe('fulfilled');
});

test('[R9] a disk that fails does not hold up those who come after', async () => {
  const disk = slowDisk();
  const group = new GroupCommit<string, string>(
    disk,
    (work) => work,
    () => undefined,
  );
  await group.submit('a');
  const next = group.submit('b');
  disk.commits[0]?.reject(new Error('disk'));
  expect(await next).toBe('b');
});

test('[R37] what fails after a group holds up nobody who comes after', async () => {
  const group = new GroupCommit<string, string>(
    { sync: () => Promise.resolve() },
    (work) => work,
    () => {
      throw new Error('broken news');
    },
  );
  expect(await group.submit('a')).toBe('a');
  await settled();
  expect(await group.submit('b')).toBe('b');
});

test('[R47] what waits is measured as it was submitted, and what is being committed waits no more', async () => {
  const disk = slowDisk();
  const group = new GroupCommit<string, string>(
    disk,
    (work) => work,
    () => undefined,
  );
  await group.submit('a', 500);
  expect(group.waiting).toBe(0);
  const others = [group.submit('b', 500), group.submit('c')];
  expect(group.waiting).toBe(501);
  disk.commits[0]?.resolve();
  await Promise.all(others);
  expect(group.waiting).toBe(0);
});
