/** What changed between two texts, by lines. */

export interface DiffLine {
  mark: ' ' | '+' | '-';
  text: string;
}

const CELLS_MAX = 4_000_000; // 2,000 lines each way; beyond that the two texts are shown whole

/** Longest common subsequence of lines; what both share at the ends is taken off first. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({mark: ' ', text}));
  return [...same(a.slice(0, head)), ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)), ...same(a.slice(a.length - tail))];
}

function middle(a: string[], b: string[]): DiffLine[] {
  const out: DiffLine[] = [];
  if (a.length * b.length > CELLS_MAX) return [...a.map((text): DiffLine => ({mark: '-', text})), ...b.map((text): DiffLine => ({mark: '+', text}))];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1]! + 1 : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({mark: ' ', text: a[i]!});
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) {
      out.push({mark: '-', text: a[i]!});
      i += 1;
    } else {
      out.push({mark: '+', text: b[j]!});
      j += 1;
    }
  }
  return out;
}
