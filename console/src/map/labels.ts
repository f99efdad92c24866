/** Where labels may stand without touching each other: a grid of cells that hold the boxes taken. */

const CELL_PX = 48;
export const LABELS_MAX = 250;
export const LABEL_CHARACTERS_MAX = 24;

export class CollisionGrid {
  private columns = 0;
  private rows = 0;
  private heads = new Int32Array(0);
  private next = new Int32Array(0);
  private boxOf = new Int32Array(0);
  private boxes = new Float32Array(0);
  private boxCount = 0;
  private links = 0;

  /** Begin anew for a canvas of this size. */
  reset(width: number, height: number, most = 4 * LABELS_MAX): void {
    this.columns = Math.max(1, Math.ceil(width / CELL_PX));
    this.rows = Math.max(1, Math.ceil(height / CELL_PX));
    const cells = this.columns * this.rows;
    if (this.heads.length < cells) this.heads = new Int32Array(cells);
    if (this.boxes.length < 4 * most) {
      this.boxes = new Float32Array(4 * most);
      this.next = new Int32Array(16 * most);
      this.boxOf = new Int32Array(16 * most);
    }
    this.heads.fill(-1, 0, cells);
    this.boxCount = this.links = 0;
  }

  /** Take a box if nothing stands in it and there is room; whether it was taken. */
  take(left: number, top: number, right: number, bottom: number): boolean {
    const c0 = Math.max(0, Math.floor(left / CELL_PX)), c1 = Math.min(this.columns - 1, Math.floor(right / CELL_PX));
    const r0 = Math.max(0, Math.floor(top / CELL_PX)), r1 = Math.min(this.rows - 1, Math.floor(bottom / CELL_PX));
    if (c1 < c0 || r1 < r0) return false;
    for (let row = r0; row <= r1; row++) {
      for (let column = c0; column <= c1; column++) {
        for (let link = this.heads[row * this.columns + column]!; link >= 0; link = this.next[link]!) {
          const at = 4 * this.boxOf[link]!;
          if (left < this.boxes[at + 2]! && right > this.boxes[at]! && top < this.boxes[at + 3]! && bottom > this.boxes[at + 1]!) return false;
        }
      }
    }
    const needed = (c1 - c0 + 1) * (r1 - r0 + 1);
    if (4 * this.boxCount + 4 > this.boxes.length || this.links + needed > this.next.length) return false;
    const box = this.boxCount++;
    this.boxes.set([left, top, right, bottom], 4 * box);
    for (let row = r0; row <= r1; row++) {
      for (let column = c0; column <= c1; column++) {
        const link = this.links++;
        this.boxOf[link] = box;
        this.next[link] = this.heads[row * this.columns + column]!;
        this.heads[row * this.columns + column] = link;
      }
    }
    return true;
  }
}

/**
 * A name as it may stand on a map: what is invisible, turns the direction of text or breaks lines is shown as a dot, and it
 * is cut. Canvas draws text and nothing else; this is so that a name cannot look like another's.
 */
export function shownName(text: string): string {
  const known = SHOWN.get(text);
  if (known !== undefined) return known;
  if (SHOWN.size >= SHOWN_MAX) SHOWN.clear();
  const shown = madeName(text);
  SHOWN.set(text, shown);
  return shown;
}

const SHOWN_MAX = 65_536; // names are asked for in every drawing, and change seldom
const SHOWN = new Map<string, string>();

function madeName(text: string): string {
  let shown = '';
  let count = 0;
  for (const character of text) {
    if (count++ === LABEL_CHARACTERS_MAX) return `${shown}…`;
    shown += /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u.test(character) ? '·' : character;
  }
  return shown;
}
