/** What is written over the map on a plain canvas: labels that do not touch, lines of alerts, places, measures. */

import {FLAG, severityOf, type TrackStore} from './frames';
import {CollisionGrid, LABELS_MAX, shownName} from './labels';
import {PALETTES, type Theme} from './style';
import type {TracksLayer} from './tracks_layer';
import {mercatorX, mercatorY} from './geodesy';
import type {AlertLine} from './scene';
import {WORDS, type MapWords, type Past} from './types';

const FONT_PX = 12;
const CHARACTER_PX = 7.3; // of the monospaced face, a little wide
const SYMBOL_PX = 11; // from the middle of a track's symbol to what is written beside it
const LINE_PX = 14;
const LABEL_ZOOM = 6;
const ALERT_LINES_MAX = 500;
const NAMES_ZOOM = 4;
const PAST_COLOURS = ['#5cc8ff', '#ffb000', '#ff6bd6', '#3ddc97'];
const PAST_COLOURS_DAY = ['#00619e', '#8a5a00', '#a8007d', '#00734d'];

/** From the unit square to the canvas, for one drawing. */
export interface Sight {
  width: number;
  height: number;
  ratio: number;
  zoom: number;
  project(x: number, y: number): boolean;
  /** Of the last place projected. */
  px: number;
  py: number;
}

export interface PlaceName {
  x: number;
  y: number;
  text: string;
  population: number;
}

export interface OverlayState {
  store: TrackStore;
  layer: TracksLayer;
  theme: Theme;
  labels: boolean;
  tracks: boolean;
  alertsShown: boolean;
  selected: number;
  alerts: AlertLine[];
  places: PlaceName[];
  /** Of flights, notices, areas and sites. */
  names: PlaceName[];
  past: Past | null;
  words: MapWords;
  measure: {points: {x: number; y: number}[][]; words: {x: number; y: number; text: string}[]};
  crosshair: boolean;
  rtl: boolean;
}

export class Overlay {
  readonly canvas = document.createElement('canvas');
  private readonly ink: CanvasRenderingContext2D;
  private readonly grid = new CollisionGrid();
  private candidates = new Int32Array(4_096);
  figures = {drawMs: 0, draws: 0, labels: 0, leftOut: 0};

  constructor() {
    this.canvas.className = 'cm-over';
    this.canvas.setAttribute('aria-hidden', 'true');
    this.ink = this.canvas.getContext('2d')!;
  }

  draw(sight: Sight, state: OverlayState): void {
    const began = performance.now();
    const {ink, canvas} = this;
    if (canvas.width !== Math.round(sight.width * sight.ratio) || canvas.height !== Math.round(sight.height * sight.ratio)) {
      canvas.width = Math.round(sight.width * sight.ratio);
      canvas.height = Math.round(sight.height * sight.ratio);
    }
    ink.setTransform(sight.ratio, 0, 0, sight.ratio, 0, 0);
    ink.clearRect(0, 0, sight.width, sight.height);
    ink.font = `${FONT_PX}px ui-monospace, 'DejaVu Sans Mono', monospace`;
    ink.textBaseline = 'alphabetic';
    ink.lineJoin = 'round';
    this.grid.reset(sight.width, sight.height);
    this.figures.labels = this.figures.leftOut = 0;
    if (state.tracks) {
      if (state.alertsShown) this.alerts(sight, state);
      if (state.labels) this.trackLabels(sight, state);
    }
    if (state.past !== null) this.past(sight, state, state.past);
    if (sight.zoom >= NAMES_ZOOM) this.names(sight, state);
    this.places(sight, state);
    this.measures(sight, state);
    if (state.crosshair) this.crosshair(sight, state);
    this.figures.drawMs += performance.now() - began;
    this.figures.draws++;
  }

  /** A label if it has room; whether it was written. */
  private label(x: number, y: number, lines: string[], colour: string, halo: string): boolean {
    let longest = 0;
    for (const line of lines) longest = Math.max(longest, [...line].length);
    const width = longest * CHARACTER_PX + 4;
    if (!this.grid.take(x - 2, y - FONT_PX, x + width, y + LINE_PX * (lines.length - 1) + 4)) return false;
    this.ink.lineWidth = 3;
    this.ink.strokeStyle = halo;
    this.ink.fillStyle = colour;
    this.ink.textAlign = 'left';
    this.ink.direction = 'ltr';
    lines.forEach((line, k) => {
      this.ink.strokeText(line, x, y + LINE_PX * k);
      this.ink.fillText(line, x, y + LINE_PX * k);
    });
    return true;
  }

  private trackLabels(sight: Sight, state: OverlayState): void {
    const {store, layer} = state;
    const palette = PALETTES[state.theme];
    const ordinary = sight.zoom >= LABEL_ZOOM;
    const first: number[] = [];
    let count = 0;
    for (let slot = 0; slot < store.top; slot++) {
      if (!store.held[slot]) continue;
      const urgent = severityOf(store.flags[slot]!) >= 2 || slot === state.selected;
      if (!urgent && (!ordinary || count >= this.candidates.length)) continue;
      if (!sight.project(layer.placeX(slot), layer.placeY(slot))) continue;
      if (urgent && first.length < LABELS_MAX) first.push(slot);
      else if (ordinary && count < this.candidates.length) this.candidates[count++] = slot;
    }
    first.sort((a, b) => Number(b === state.selected) - Number(a === state.selected) || severityOf(store.flags[b]!) - severityOf(store.flags[a]!));
    const write = (slot: number, urgent: boolean): void => {
      if (this.figures.labels >= LABELS_MAX) {
        this.figures.leftOut++;
        return;
      }
      sight.project(layer.placeX(slot), layer.placeY(slot));
      const flags = store.flags[slot]!;
      const severity = severityOf(flags);
      const colour = flags & FLAG.stale || layer.look.stale ? '#8a8a8a' : severity === 3 ? palette.off : severity === 2 ? palette.open : palette.text;
      const lines = labelLines(store, slot, sight.zoom >= 7.5 || slot === state.selected, state.words);
      if (this.trackLabel(sight, lines, colour, palette.halo, urgent)) this.figures.labels++;
      else this.figures.leftOut++;
    };
    for (const slot of first) write(slot, true);
    for (let k = 0; k < count; k++) write(this.candidates[k]!, false);
  }

  /** Beside its symbol; where another stands there, what is urgent is written on another side of it: of a pair that closes, both names are read. */
  private trackLabel({px, py}: Sight, lines: string[], colour: string, halo: string, urgent: boolean): boolean {
    if (this.label(px + SYMBOL_PX, py - 3, lines, colour, halo)) return true;
    if (!urgent) return false;
    const width = Math.max(...lines.map((line) => [...line].length)) * CHARACTER_PX + 4;
    const below = py + FONT_PX + SYMBOL_PX;
    const above = py - SYMBOL_PX - 2 - LINE_PX * (lines.length - 1);
    const sides: [number, number][] = [
      [px - SYMBOL_PX - width, py - 3], [px - width / 2, below], [px - width / 2, above],
      [px + SYMBOL_PX, below], [px - SYMBOL_PX - width, below], [px + SYMBOL_PX, above], [px - SYMBOL_PX - width, above],
    ];
    return sides.some(([x, y]) => this.label(x, y, lines, colour, halo));
  }

  private alerts(sight: Sight, state: OverlayState): void {
    const {store, layer} = state;
    const palette = PALETTES[state.theme];
    let drawn = 0;
    for (const alert of state.alerts) {
      if (alert.net !== 'pair-conflict' || alert.subjects.length < 2 || drawn++ >= ALERT_LINES_MAX) continue;
      const [one, other] = [store.slotOf.get(alert.subjects[0]!), store.slotOf.get(alert.subjects[1]!)];
      if (one === undefined || other === undefined) continue;
      const seen = sight.project(layer.placeX(one), layer.placeY(one));
      const [x, y] = [sight.px, sight.py];
      if (!sight.project(layer.placeX(other), layer.placeY(other)) && !seen) continue;
      if (Math.abs(x - sight.px) > sight.width) continue;
      this.alertLine(x, y, sight, alert.severity === 'warning' ? palette.off : palette.open, alert.acknowledged);
    }
  }

  private alertLine(x: number, y: number, to: Sight, colour: string, acknowledged: boolean): void {
    this.ink.strokeStyle = colour;
    this.ink.lineWidth = acknowledged ? 1.5 : 2.5;
    this.ink.setLineDash(acknowledged ? [3, 3] : []);
    this.ink.beginPath();
    this.ink.moveTo(x, y);
    this.ink.lineTo(to.px, to.py);
    this.ink.stroke();
    this.ink.setLineDash([]);
  }

  /** Plots as they were kept, and accounts side by side, each in its own ink. */
  private past(sight: Sight, state: OverlayState, past: Past): void {
    const palette = PALETTES[state.theme];
    const colours = state.theme === 'night' ? PAST_COLOURS : PAST_COLOURS_DAY;
    const at = (lon: number, lat: number): boolean => sight.project(mercatorX(lon), mercatorY(lat));
    this.ink.lineWidth = 2;
    past.lines.forEach((line, index) => {
      this.ink.strokeStyle = colours[index % colours.length]!;
      this.ink.setLineDash(index % 2 ? [6, 3] : []);
      this.ink.beginPath();
      let before = Number.NaN;
      for (const [lon, lat] of line) {
        at(lon, lat);
        if (Math.abs(sight.px - before) <= sight.width) this.ink.lineTo(sight.px, sight.py);
        else this.ink.moveTo(sight.px, sight.py);
        before = sight.px;
      }
      this.ink.stroke();
    });
    this.ink.setLineDash([]);
    if (state.alertsShown) {
      for (const {line: [one, other], severity, acknowledged} of past.alerts) {
        at(one![0], one![1]);
        const [x, y] = [sight.px, sight.py];
        at(other![0], other![1]);
        if (Math.abs(x - sight.px) <= sight.width) this.alertLine(x, y, sight, severity === 'warning' ? palette.off : palette.open, acknowledged);
      }
    }
    if (state.alertsShown) {
      this.ink.lineWidth = 1.5;
      this.ink.setLineDash([2, 2]);
      for (const each of past.estimates) {
        if (!at(each.lonDeg, each.latDeg)) continue;
        const [x, y] = [sight.px, sight.py];
        this.ink.strokeStyle = palette.draft;
        this.ink.beginPath(); // a hollow diamond: no plot looks like it
        this.ink.moveTo(x, y - 8);
        this.ink.lineTo(x + 8, y);
        this.ink.lineTo(x, y + 8);
        this.ink.lineTo(x - 8, y);
        this.ink.closePath();
        this.ink.stroke();
        if (state.labels) {
          this.ink.setLineDash([]);
          if (this.label(x + 12, y + 14, [each.text], palette.draft, palette.halo)) this.figures.labels++;
          this.ink.lineWidth = 1.5;
          this.ink.setLineDash([2, 2]);
        }
      }
      this.ink.setLineDash([]);
    }
    for (const track of past.tracks) {
      if (!at(track.lonDeg, track.latDeg)) continue;
      const [x, y] = [sight.px, sight.py];
      const colour = track.stale ? '#8a8a8a' : palette.text;
      this.ink.fillStyle = this.ink.strokeStyle = colour;
      this.ink.lineWidth = 1.5;
      this.ink.beginPath();
      this.ink.arc(x, y, 3, 0, 7);
      if (track.directionDeg !== null) {
        const turned = (track.directionDeg * Math.PI) / 180;
        this.ink.moveTo(x, y);
        this.ink.lineTo(x + 14 * Math.sin(turned), y - 14 * Math.cos(turned));
      }
      this.ink.stroke();
      this.ink.fill();
      if (state.labels && sight.zoom >= LABEL_ZOOM - 1 && this.label(x + 9, y - 4, [shownName(track.name)], colour, palette.halo)) this.figures.labels++;
    }
  }

  private names(sight: Sight, state: OverlayState): void {
    const palette = PALETTES[state.theme];
    for (const each of state.names) {
      if (sight.project(each.x, each.y)) this.label(sight.px - (CHARACTER_PX * [...each.text].length) / 2, sight.py + 4, [each.text], palette.text, palette.halo);
    }
  }

  private places(sight: Sight, state: OverlayState): void {
    const palette = PALETTES[state.theme];
    for (const place of state.places) {
      if (!sight.project(place.x, place.y)) continue;
      this.ink.globalAlpha = 0.75;
      if (this.label(sight.px + 5, sight.py + 4, [place.text], palette.text, palette.halo)) {
        this.ink.beginPath();
        this.ink.arc(sight.px, sight.py, 2, 0, 7);
        this.ink.fill();
      }
      this.ink.globalAlpha = 1;
    }
  }

  private measures(sight: Sight, state: OverlayState): void {
    const palette = PALETTES[state.theme];
    this.ink.strokeStyle = palette.draft;
    this.ink.lineWidth = 2;
    for (const line of state.measure.points) {
      this.ink.beginPath();
      line.forEach((point, k) => {
        sight.project(point.x, point.y);
        if (k) this.ink.lineTo(sight.px, sight.py);
        else this.ink.moveTo(sight.px, sight.py);
      });
      this.ink.stroke();
    }
    for (const word of state.measure.words) {
      sight.project(word.x, word.y);
      this.label(sight.px + 8, sight.py - 8, [word.text], palette.text, palette.halo);
    }
  }

  private crosshair(sight: Sight, state: OverlayState): void {
    const [x, y] = [sight.width / 2, sight.height / 2];
    this.ink.strokeStyle = PALETTES[state.theme].draft;
    this.ink.lineWidth = 1.5;
    this.ink.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      this.ink.moveTo(x + 5 * dx!, y + 5 * dy!);
      this.ink.lineTo(x + 16 * dx!, y + 16 * dy!);
    }
    this.ink.stroke();
  }
}

/** What a label says: the name as it may stand on a map, and level, climb and speed as far as they are known. */
export function labelLines(store: TrackStore, slot: number, long: boolean, words: MapWords = WORDS): string[] {
  const flags = store.flags[slot]!;
  const name = shownName(store.callsigns[slot] || shortKey(store.keys[slot] ?? ''));
  if (!long) return [name];
  const parts: string[] = [];
  if (flags & FLAG.pressure) parts.push(`FL${String(Math.max(0, Math.round(store.altitudePressure[slot]! / 30.48))).padStart(3, '0')}`);
  else if (flags & FLAG.ellipsoid) parts.push(`${store.altitudeEllipsoid[slot]} m HAE`);
  else parts.push(words.heightUnknown);
  if (flags & FLAG.vertical && Math.abs(store.verticalRate[slot]!) > 150) parts.push(store.verticalRate[slot]! > 0 ? '↑' : '↓');
  parts.push(flags & FLAG.velocity ? `${Math.round((store.speed[slot]! / 10) * 1.943844)} kt` : words.speedUnknown);
  return [name, parts.join(' ')];
}

export function shortKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
