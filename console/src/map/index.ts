/** The one map: what the node tells, drawn; nothing is decided here. */

import {Map as MapView, setWorkerUrl, type GeoJSONSource, type MapMouseEvent} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import './map.css';
import {Drawing} from './drawing';
import type {Header} from './frames';
import {inverse, along, mercatorLat, mercatorX, mercatorY, normalLon} from './geodesy';
import {shownName} from './labels';
import {labelLines, Overlay, type OverlayState, type PlaceName, type Sight} from './overlay';
import {pdf, png, svg, type Caption} from './picture_file';
import {sayPosition} from './positions';
import {featuresOf, namesOf, polygonsOf, wordsOf, type AlertLine, type Drawn, type Told} from './scene';
import {layers as styleLayers, style, THINGS, type Theme} from './style';
import {STALE_MS, TrackStream} from './stream';
import {bordersOf, graticule, type Borders} from './topology';
import {TracksLayer} from './tracks_layer';
import {WORDS, type Box, type MapHandle, type MapOptions, type MapRef, type MapWords, type Past, type Where} from './types';
import {FLAG, severityOf} from './frames';

export type {Box, MapHandle, MapOptions, MapRef, MapWords, Past, TracksHealth, Where} from './types';
export {WAYS};
export {readPosition, sayPosition} from './positions';

declare const MAP_WORKER: string;

const SCENE_EVERY_MS = 10_000;
const ALERTS_EVERY_MS = 2_000;
const LIST_EVERY_MS = 2_000;
const LIST_MAX = 100;
const PICK_PX = 14;
const METRES_PER_PX_0 = 78_271.517; // of a 512 px world, at the equator
const TOLERANCE_PX = 0.4;
const FRAMED_ZOOM_MIN = 3; // further out nothing of a region can be read
const NOW_MS = 60_000; // a slider so near to now is now
const PICKED = styleLayers('night').map((each) => each.id).filter((id) => /^(areas|notices|sites|intents).*-fill$/.test(id));
const WAYS = {
  tracks: true, labels: true, trails: true, vectors: true, intents: true, areas: true, notices: true, sites: true, alerts: true,
  borders: true, graticule: true, places: true, globe: false, trackUp: false, measure: false,
};

export function createMap(container: HTMLElement, options: MapOptions): MapHandle {
  const view = new TheMap(container, options);
  return {
    select: (ref) => view.select(ref),
    flyTo: (where) => view.flyTo(where),
    lookAt: (ref) => view.lookAt(ref),
    setTime: (instant) => view.setTime(instant),
    setLayers: (wanted) => view.setLayers(wanted),
    setTheme: (theme) => view.setTheme(theme),
    setWords: (words) => view.setWords(words),
    setPast: (past) => view.setPast(past),
    setExercise: (on) => view.setExercise(on),
    setLanguage: (language, rtl) => view.setLanguage(language, rtl),
    startDrawing: (kind) => view.startDrawing(kind),
    stopDrawing: () => view.stopDrawing(),
    setDraft: (draft) => view.setDraft(draft),
    exportPng: () => view.exportPng(),
    exportSvg: () => view.exportSvg(),
    exportPdf: () => view.exportPdf(),
    destroy: () => view.destroy(),
    ...(options.workerUrl ? {figures: () => view.figures(), view} : {}), // for measurements and tests
  } as MapHandle;
}

class TheMap {
  readonly map: MapView;
  readonly stream: TrackStream;
  readonly layer: TracksLayer;
  readonly overlay = new Overlay();
  frameMs: number[] = [];
  private readonly root = document.createElement('div');
  private readonly read = document.createElement('p');
  private readonly foot = document.createElement('p');
  private readonly loud = document.createElement('div');
  private readonly list = document.createElement('div');
  private readonly scale = document.createElement('p');
  private words: MapWords;
  private past: Past | null = null;
  private framedPast = false;
  private readonly calm = window.matchMedia('(prefers-reduced-motion: reduce)');
  private readonly ways = {...WAYS};
  private readonly timers: number[] = [];
  private readonly asked = new AbortController();
  private theme: Theme;
  private language: string;
  private rtl: boolean;
  private told: Told | null = null;
  private borders: Borders | null = null;
  private alerts: AlertLine[] = [];
  private places: {x: number; y: number; text: string; population: number}[] = [];
  private names: PlaceName[] = [];
  private chosen: MapRef | null = null;
  private timeMs: number | null = null;
  private drawing: Drawing | null = null;
  private draft: GeoJSON.GeoJSON | null = null;
  private measured: GeoJSON.Position[] = [];
  private cursor: [number, number] | null = null;
  private step = 0;
  private repaintTimer = 0;
  private gone = false;
  private exercise = false;
  private lastFrame = 0;
  private readonly sight: Sight;

  constructor(container: HTMLElement, private readonly options: MapOptions) {
    this.words = {...WORDS, ...options.words};
    this.theme = options.theme;
    this.language = options.language;
    this.rtl = options.rtl;
    setWorkerUrl(options.workerUrl ?? (typeof MAP_WORKER === 'undefined' ? '' : MAP_WORKER));
    const gl = document.createElement('div');
    gl.className = 'cm-gl';
    this.root.className = `cm cm-${this.theme}`;
    this.read.className = 'cm-read';
    this.foot.className = 'cm-foot';
    this.loud.className = 'cm-loud';
    this.loud.setAttribute('role', 'alert');
    this.loud.hidden = true;
    this.list.className = 'cm-list';
    this.scale.className = 'cm-scale';
    this.root.append(gl, this.overlay.canvas, this.list, this.read, this.foot, this.scale, this.loud);
    container.append(this.root);
    this.map = new MapView({
      container: gl, style: style(this.theme), center: [20, 30], zoom: 1.6, maxPitch: 0, pitchWithRotate: false, maxZoom: 18,
      attributionControl: false, locale: {'Map.Title': this.words.chart}, fadeDuration: 0, renderWorldCopies: true, dragRotate: true, refreshExpiredTiles: false,
      // data are in the style; nothing else may be asked for by the map itself
      transformRequest: (url) => ({url: url.startsWith('blob:') || url.startsWith('data:') ? url : 'data:,'}),
    });
    this.stream = new TrackStream({
      apiBase: options.apiBase, headers: options.headers, exercise: false, // the air knows no exercise: live tracks are drawn beside either book
      onFrame: (header) => this.onFrame(header),
      onHealth: (health) => { options.onHealth(health); this.tellLoud(); this.repaint(); },
    });
    this.layer = new TracksLayer(this.stream.store);
    this.sight = this.makeSight();
    this.listen(gl);
    this.buildList();
    this.map.once('style.load', () => this.styled());
    const every = (ms: number, what: () => void): void => { this.timers.push(window.setInterval(what, ms)); what(); };
    every(SCENE_EVERY_MS, () => void this.askScene());
    every(ALERTS_EVERY_MS, () => void this.askAlerts());
    every(LIST_EVERY_MS, () => this.tellList());
    void this.askBorders();
    this.tellLoud();
    this.options.onWays?.({...this.ways});
  }

  // What the console asks

  select(ref: MapRef | null): void {
    this.chosen = ref;
    this.layer.moved();
    this.drawChosen();
    this.repaint();
  }

  lookAt(ref: MapRef): boolean {
    this.map.resize(); // it may have been shown only now
    const points = this.placesOf(ref);
    if (points.length === 0) return false;
    const [lons, lats] = [points.map(([lon]) => lon!), points.map(([, lat]) => lat!)];
    this.flyTo([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
    return true;
  }

  private placesOf(ref: MapRef): number[][] {
    const {store} = this.stream;
    const keys = ref.kind === 'track' ? [ref.id] : ref.kind === 'alert' ? this.alerts.find((each) => each.alert === ref.id)?.subjects ?? [] : [];
    const tracks = keys.flatMap((key) => {
      const slot = store.slotOf.get(key);
      return slot === undefined ? [] : [[store.longitude[slot]! / 1e6, store.latitude[slot]! / 1e6]];
    });
    const thing = this.allThings().find((each) => each.kind === ref.kind && each.id === ref.id);
    return [...tracks, ...(thing?.parts.flatMap((part) => part.rings.flat()) ?? [])];
  }

  flyTo(where: Where): void {
    const motion = this.calm.matches ? {animate: false} : {duration: 800};
    if (Array.isArray(where)) {
      const [west, south, east, north] = where;
      this.map.fitBounds([[west, south], [east < west ? east + 360 : east, north]], {padding: 40, maxZoom: 12, ...motion});
    } else {
      this.map.easeTo({center: [where.lonDeg, where.latDeg], zoom: where.zoom ?? Math.max(this.map.getZoom(), 7), ...motion});
    }
  }

  setTime(instant: string | 'now'): void {
    const ms = instant === 'now' ? Number.NaN : Date.parse(instant);
    this.timeMs = Number.isNaN(ms) || (this.past === null && Math.abs(ms - this.nowMs()) < NOW_MS) ? null : ms;
    this.drawThings();
    this.tellLoud();
    this.repaint();
  }

  setLayers(wanted: Record<string, boolean>): void {
    for (const [name, on] of Object.entries(wanted)) if (name in this.ways) this.ways[name as keyof typeof WAYS] = on;
    if ('globe' in wanted && this.map.isStyleLoaded()) this.map.setProjection({type: this.ways.globe ? 'globe' : 'mercator'});
    if ('trackUp' in wanted && !this.ways.trackUp) this.map.setBearing(0);
    if ('measure' in wanted) this.measured = [];
    if (wanted['places']) void this.askPlaces();
    this.options.onWays?.({...this.ways});
    this.drawThings();
    this.show();
    this.repaint();
  }

  setTheme(theme: Theme): void {
    if (theme === this.theme) return;
    this.theme = theme;
    this.root.classList.remove('cm-night', 'cm-day');
    this.root.classList.add(`cm-${theme}`);
    if (!this.map.getLayer('land')) return; // the style is still coming, with the theme it began with
    for (const layer of styleLayers(theme)) {
      for (const [name, value] of Object.entries('paint' in layer ? layer.paint ?? {} : {})) {
        this.map.setPaintProperty(layer.id, name as never, value as never);
      }
    }
    this.repaint();
  }

  setWords(words: Partial<MapWords>): void {
    this.words = {...this.words, ...words};
    this.list.querySelector('p')!.textContent = this.words.noClear;
    this.tellLoud();
    this.tellFoot();
    this.tellList();
    this.tellScale();
    this.repaint();
  }

  setPast(past: Past | null): void {
    this.past = past;
    if (past === null) this.framedPast = false;
    this.tellFoot();
    this.setTime(past?.at ?? 'now');
  }

  setExercise(on: boolean): void {
    if (on === this.exercise) return;
    this.exercise = on;
    this.told = null; // nothing of the other book in its place, not even until the node answers
    this.drawThings();
    this.tellLoud();
    this.tellFoot();
    this.tellList();
    this.repaint();
    void this.askScene();
  }

  /** The first that a replay shows is looked at, where nothing of it is in view: it need not be where the map was left. */
  private framePast(past: Past): void {
    const flights = past.things.filter((each) => each.kind === 'intent').flatMap((each) => each.parts.flatMap((part) => part.rings.flat()));
    const points = past.tracks.length ? past.tracks.map((each) => [each.lonDeg, each.latDeg]) : flights;
    if (points.length === 0) return;
    this.framedPast = true;
    const [west, south, east, north] = this.box();
    const spread = (lon: number): number => (lon - west + 360) % 360;
    const far = this.map.getZoom() < FRAMED_ZOOM_MIN;
    if (!far && points.some(([lon, lat]) => lat! >= south && lat! <= north && spread(lon!) <= spread(east))) return;
    const [lons, lats] = [points.map(([lon]) => lon!), points.map(([, lat]) => lat!)];
    this.flyTo([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
  }

  setLanguage(language: string, rtl?: boolean): void {
    this.language = language;
    this.rtl = rtl ?? this.rtl;
    void this.askPlaces();
  }

  startDrawing(kind: 'polygon' | 'corridor' | 'point'): Promise<GeoJSON.Geometry | null> {
    this.drawing?.cancel();
    const drawing = new Drawing(kind, (features) => this.setSource('draft', features.length || this.drawing === drawing && !this.draft ? features : draftFeatures(this.draft)));
    this.drawing = drawing;
    this.map.doubleClickZoom.disable();
    this.map.getCanvas().focus();
    this.repaint();
    return drawing.done.then((geometry) => {
      if (this.drawing === drawing) {
        this.drawing = null;
        if (!this.gone) {
          this.map.doubleClickZoom.enable();
          this.setSource('draft', draftFeatures(this.draft));
          this.repaint();
        }
      }
      return geometry;
    });
  }

  stopDrawing(): void {
    this.drawing?.cancel();
  }

  setDraft(draft: GeoJSON.GeoJSON | null): void {
    this.draft = draft;
    this.setSource('draft', draftFeatures(draft));
  }

  exportPng(): Promise<Blob> {
    return this.drawnBy(png);
  }

  exportPdf(): Promise<Blob> {
    return this.drawnBy(pdf);
  }

  private async drawnBy(file: typeof png): Promise<Blob> {
    if (this.told === null) await this.askScene(); // a picture names the borders that it draws
    const {width, height, ratio} = this.sight;
    const copy = document.createElement('canvas');
    const source = this.map.getCanvas();
    copy.width = source.width;
    copy.height = source.height;
    await new Promise<void>((done) => { // the canvas is whole only while it is being drawn
      this.map.once('render', () => { copy.getContext('2d')!.drawImage(source, 0, 0); done(); });
      this.map.triggerRepaint();
    });
    return file([copy, this.overlay.canvas], width, height, ratio, this.theme, this.caption());
  }

  async exportSvg(): Promise<Blob> {
    if (this.told === null) await this.askScene();
    this.aim();
    return svg(
      this.sight, this.theme, this.shownThings(), this.atMs(), this.stream.store, this.layer, this.timeMs === null && this.ways.tracks,
      this.ways.borders ? this.borders?.lines ?? null : null, this.caption(), this.past,
    );
  }

  destroy(): void {
    this.gone = true;
    this.drawing?.cancel();
    this.asked.abort();
    this.stream.close();
    for (const each of this.timers) window.clearInterval(each);
    window.clearTimeout(this.repaintTimer);
    this.map.remove();
    this.root.remove();
  }

  figures(): Record<string, unknown> {
    return {stream: {...this.stream.figures}, layer: {...this.layer.figures}, overlay: {...this.overlay.figures}, frameMs: this.frameMs, count: this.stream.store.count};
  }

  // What the node tells

  private async ask<T>(what: string, query = ''): Promise<T | null> {
    try {
      const answer = await fetch(`${this.options.apiBase}${what.slice('GET '.length)}${query}`, {headers: this.options.headers(), signal: this.asked.signal});
      if (!answer.ok) return null;
      const told: unknown = await answer.json();
      return (this.options.read?.(what, told) ?? told) as T;
    } catch {
      return null; // the health of the stream tells that the node is away
    }
  }

  private async askScene(): Promise<void> {
    const told = await this.ask<Told>('GET /v1/map', this.exercise ? '?exercise=true' : '');
    if (!told || this.gone || told.exercise !== this.exercise) return; // asked before the other book was opened
    this.told = told;
    this.drawThings();
    this.tellFoot();
  }

  private async askAlerts(): Promise<void> {
    const told = await this.ask<(Omit<AlertLine, 'acknowledged'> & {phase: string})[]>('GET /v1/alerts', '?limit=500');
    if (!told || this.gone) return;
    this.alerts = told.map((each) => ({...each, acknowledged: each.phase === 'acknowledged'}));
    this.repaint();
  }

  private async askBorders(): Promise<void> {
    const topology = await this.ask<Parameters<typeof bordersOf>[0]>('GET /v1/map/borders');
    if (!topology || this.gone) return;
    this.borders = bordersOf(topology);
    this.setSource('land', this.borders.land.features);
    this.setSource('borders', this.borders.lines.features);
  }

  private async askPlaces(): Promise<void> {
    if (!this.ways.places || this.map.getZoom() < 3.5) {
      this.places = [];
      return;
    }
    const [west, south, east, north] = this.box();
    const limit = Math.round(Math.min(80, 20 + 6 * this.map.getZoom()));
    const query = new URLSearchParams({south_deg: `${south}`, west_deg: `${west}`, north_deg: `${north}`, east_deg: `${east}`, limit: `${limit}`});
    const told = await this.ask<{places: {name: string; names: Record<string, string>; latitude_deg: number; longitude_deg: number; population: number}[]}>('GET /v1/map/places', `?${query}`);
    if (!told || this.gone) return;
    const script = {ru: 'Cyrl', ar: 'Arab'}[this.language.slice(0, 2)];
    this.places = told.places.map((each) => ({
      x: mercatorX(each.longitude_deg), y: mercatorY(each.latitude_deg), text: shownName((script && each.names[script]) || each.name), population: each.population,
    }));
    this.repaint();
  }

  private onFrame(header: Header): void {
    if (header.kind !== 3) this.layer.update();
    if (this.ways.trackUp && this.chosen?.kind === 'track') this.turnUp();
    this.repaint();
  }

  // Drawing

  private styled(): void {
    this.map.addLayer(this.layer, 'draft-fill');
    if (this.ways.globe) this.map.setProjection({type: 'globe'});
    this.setSource('graticule', graticule(this.map.getZoom()).features);
    if (this.borders) {
      this.setSource('land', this.borders.land.features);
      this.setSource('borders', this.borders.lines.features);
    }
    if (this.theme !== this.options.theme) {
      const theme = this.theme;
      this.theme = this.options.theme;
      this.setTheme(theme);
    }
    this.drawThings();
    this.setDraft(this.draft);
    this.show();
    this.look();
    this.tellScale();
  }

  private setSource(name: string, features: GeoJSON.Feature[]): void {
    const source = this.map.getSource(name) as GeoJSONSource | undefined;
    source?.setData({type: 'FeatureCollection', features});
  }

  private shownThings(): Drawn[] {
    return this.allThings().filter((each) => this.ways[`${each.kind}s` as 'intents']);
  }

  /** Of the past nothing that is told of today. */
  private allThings(): Drawn[] {
    return this.past === null ? this.told?.things ?? [] : this.past.things;
  }

  private drawThings(): void {
    if (!this.map.getSource('areas')) return;
    const things = this.shownThings();
    for (const name of THINGS) this.setSource(name, featuresOf(things, name.slice(0, -1) as Drawn['kind'], this.atMs()));
    this.names = namesOf(things, this.atMs());
    this.drawChosen();
  }

  private drawChosen(): void {
    const thing = this.allThings().find((each) => each.kind === this.chosen?.kind && each.id === this.chosen.id);
    this.setSource('chosen', thing ? thing.parts.map((part) => ({type: 'Feature', properties: {}, geometry: polygonsOf(part.rings)})) : []);
  }

  private show(): void {
    const visible = (ids: string[], on: boolean): void => {
      for (const id of ids) if (this.map.getLayer(id)) this.map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none');
    };
    visible(['border', 'coast'], this.ways.borders);
    visible(['graticule'], this.ways.graticule);
  }

  private nowMs(): number {
    return this.stream.nodeMs() ?? Date.now();
  }

  private atMs(): number {
    return this.timeMs ?? this.nowMs();
  }

  /** Set what the next drawing of tracks goes by. */
  private aim(): void {
    const {layer} = this;
    const header = this.stream.store.header;
    const health = this.stream.health();
    const asOf = header?.asOfMs ?? 0;
    // never further than the picture may be trusted; with reduced motion, as of each frame
    const drawnMs = this.calm.matches ? asOf : Math.min(this.nowMs(), asOf + STALE_MS);
    layer.look.atS = (Math.max(drawnMs, asOf) - layer.epochMs) / 1000;
    layer.look.stale = health.tracks !== 'live';
    layer.look.night = this.theme === 'night';
    layer.look.vectors = this.ways.vectors;
    layer.look.trails = this.ways.trails;
    layer.look.tracks = this.ways.tracks && this.timeMs === null;
    layer.look.pixelRatio = this.map.getPixelRatio();
    layer.look.selected = this.slotChosen();
    const box = this.map.getContainer();
    this.sight.width = box.clientWidth;
    this.sight.height = box.clientHeight;
    this.sight.ratio = this.map.getPixelRatio();
    this.sight.zoom = this.map.getZoom();
  }

  private slotChosen(): number {
    return this.chosen?.kind === 'track' ? this.stream.store.slotOf.get(this.chosen.id) ?? -1 : -1;
  }

  private makeSight(): Sight {
    const map = this.map;
    let [stamp, cx, cy, world, sin, cos] = [-1, 0, 0, 0, 0, 1];
    const sight: Sight = {
      width: 0, height: 0, ratio: 1, zoom: 0, px: 0, py: 0,
      project: (x, y) => {
        if (this.ways.globe) {
          const lngLat: [number, number] = [x * 360 - 180, mercatorLat(y)];
          const point = map.project(lngLat);
          sight.px = point.x;
          sight.py = point.y;
          const away = map.unproject(point); // the far side projects onto the near one
          return point.x >= 0 && point.y >= 0 && point.x <= sight.width && point.y <= sight.height && Math.abs(normalLon(away.lng - lngLat[0])) < 1 + 90 * Number(Math.abs(lngLat[1]) > 85) && Math.abs(away.lat - lngLat[1]) < 1;
        }
        if (stamp !== this.step) {
          stamp = this.step;
          const center = map.getCenter();
          [cx, cy, world] = [mercatorX(center.lng), mercatorY(center.lat), 512 * 2 ** map.getZoom()];
          const bearing = (-map.getBearing() * Math.PI) / 180;
          [sin, cos] = [Math.sin(bearing), Math.cos(bearing)];
        }
        let dx = x - cx;
        dx -= Math.floor(dx + 0.5);
        dx *= world;
        const dy = (y - cy) * world;
        sight.px = sight.width / 2 + dx * cos - dy * sin;
        sight.py = sight.height / 2 + dx * sin + dy * cos;
        return sight.px >= 0 && sight.py >= 0 && sight.px <= sight.width && sight.py <= sight.height;
      },
    };
    return sight;
  }

  private onRender(): void {
    if (this.past !== null && !this.framedPast) this.framePast(this.past);
    this.overlay.draw(this.sight, this.overlayState());
    const now = performance.now();
    if (this.lastFrame && this.frameMs.length < 20_000) this.frameMs.push(now - this.lastFrame);
    this.lastFrame = now;
    this.schedule();
  }

  private overlayState(): OverlayState {
    const words: {x: number; y: number; text: string}[] = [];
    const points: {x: number; y: number}[][] = [];
    let total = 0;
    for (let k = 1; k < this.measured.length; k++) {
      const [from, to] = [this.measured[k - 1]!, this.measured[k]!];
      points.push(along(from, to).map(([lon, lat]) => ({x: mercatorX(lon!), y: mercatorY(lat!)})));
      const line = inverse(from[1]!, from[0]!, to[1]!, to[0]!);
      if (line) total += line.distanceM;
      words.push({x: mercatorX(to[0]!), y: mercatorY(to[1]!), text: line ? sayLine(line.distanceM, line.azimuthDeg, k > 1 ? total : null) : this.words.antipodal});
    }
    return {
      store: this.stream.store, layer: this.layer, theme: this.theme, labels: this.ways.labels, tracks: this.layer.look.tracks,
      alertsShown: this.ways.alerts, selected: this.layer.look.selected, alerts: this.alerts, places: this.ways.places ? this.places : [],
      past: this.past, names: this.ways.labels ? this.names : [], words: this.words,
      measure: {points, words}, crosshair: this.drawing !== null || this.ways.measure, rtl: this.rtl,
    };
  }

  private repaint(): void {
    if (!this.gone) this.map.triggerRepaint();
  }

  /** Draw again once a fast track has moved by half a pixel, and no sooner: an idle map costs little. */
  private schedule(): void {
    if (this.repaintTimer || this.calm.matches || !this.stream.store.count || this.layer.look.stale || !this.layer.look.tracks) return;
    const pxPerS = 250 / this.metresPerPx();
    const wait = Math.min(1_000, Math.max(33, 500 / pxPerS));
    this.repaintTimer = window.setTimeout(() => { this.repaintTimer = 0; this.repaint(); }, wait);
  }

  private metresPerPx(): number {
    return (METRES_PER_PX_0 * Math.max(Math.cos((this.map.getCenter().lat * Math.PI) / 180), 0.01)) / 2 ** this.map.getZoom();
  }

  private box(): Box {
    const bounds = this.map.getBounds();
    const width = bounds.getEast() - bounds.getWest();
    const edge = (lat: number): number => Math.max(-90, Math.min(90, lat));
    // what a flat map shows ends at 85 degrees; who looks at its edge, or at a globe, is told of the pole as well
    const south = bounds.getSouth() < -84 || this.ways.globe ? -90 : edge(bounds.getSouth());
    const north = bounds.getNorth() > 84 || this.ways.globe ? 90 : edge(bounds.getNorth());
    if (width >= 359 || this.ways.globe) return [-180, south, 180, north];
    return [normalLon(bounds.getWest()), south, normalLon(bounds.getEast()), north];
  }

  private look(): void {
    const tolerance = Math.min(2_000, Math.max(2, TOLERANCE_PX * this.metresPerPx()));
    this.stream.look(this.box(), Math.round(tolerance));
  }

  // Words around the map

  private tellLoud(): void {
    const health = this.stream.health();
    const lines: string[] = [];
    const practised = this.exercise && this.past === null; // a past moment has it in its own words
    if (practised) lines.push(this.words.exercise, this.words.exerciseLive);
    if (this.past !== null) lines.push(`${this.past.words}: ${apart(utc(Date.parse(this.past.at)))}`);
    else if (this.timeMs !== null) lines.push(`${this.words.planned}: ${apart(utc(this.timeMs))}`);
    else if (health.elsewhere) lines.push(this.words.elsewhere);
    else if (health.tracks === 'down') lines.push(`${this.words.down}${health.ageS === null ? '' : `, ${sayAge(health.ageS)}`}`);
    else if (health.tracks === 'stale') lines.push(`${this.words.stale}: ${sayAge(health.ageS ?? 0)}`);
    const text = lines.join(' · ');
    if (this.loud.textContent !== text) this.loud.textContent = text;
    this.loud.hidden = !text;
    this.loud.classList.toggle('cm-exercise', practised && lines.length === 2);
  }

  private tellFoot(): void {
    const borders = this.told?.borders;
    const parts: string[] = [];
    if (borders) parts.push(`${this.words.borders}: ${apart(`${borders.name} (${borders.version}), ± ${(borders.error_m / 1000).toFixed(1)} km. ${borders.view.split('.')[0]}.`)}`);
    if (this.past !== null) { // what today cannot be drawn says nothing of it
      this.foot.textContent = parts.join(' '); // a picture says the rest of it, and the list beside the map
      return;
    }
    const undrawn = (this.told?.things ?? []).filter((each) => each.unbounded).map((each) => `${shownName(each.name)} (${each.why.at(-1) ?? ''})`);
    const missing = [...(this.told?.missing ?? []), ...undrawn.slice(0, 5), ...Object.entries(this.told?.left_out ?? {}).map(([kind, n]) => `${n} ${kind}`)];
    if (missing.length) parts.push(`${this.words.missing}: ${missing.map(apart).join('; ')}`);
    this.foot.textContent = parts.join(' ');
  }

  private tellCursor(): void {
    const at = this.cursor ?? [this.map.getCenter().lng, this.map.getCenter().lat];
    const said = sayPosition(Math.max(-90, Math.min(90, at[1]!)), at[0]!);
    this.read.textContent = `${said.degrees}   ${said.seconds}   ${said.mgrs}   WGS 84`;
  }

  /** A round length at the middle of the map: a flat map stretches towards the poles. */
  private tellScale(): void {
    const perPx = this.metresPerPx();
    const most = 120 * perPx;
    const ten = 10 ** Math.floor(Math.log10(most));
    const length = ten * (most >= 5 * ten ? 5 : most >= 2 * ten ? 2 : 1);
    const said = length >= 1_000 ? `${length / 1_000} km` : `${length} m`;
    const bar = document.createElement('span');
    bar.className = 'cm-bar';
    bar.style.inlineSize = `${Math.round(length / perPx)}px`;
    this.scale.replaceChildren(`${said} · ${Number((length / 1852).toPrecision(2))} NM`, bar);
    this.scale.title = this.words.scale;
    this.scale.hidden = this.ways.globe;
  }

  private caption(): Caption {
    const header = this.stream.store.header;
    const center = this.map.getCenter();
    return {
      lines: [
        `${this.past === null ? '' : `${this.past.words}: `}${utc(this.atMs())}${header?.asOfMs && this.timeMs === null ? `, tracks as of ${utc(header.asOfMs)} (${this.stream.health().tracks}, ${this.stream.store.count})` : ''}`,
        `${sayPosition(center.lat, center.lng).degrees} WGS 84, zoom ${this.map.getZoom().toFixed(1)}. ${this.words.noClear}`,
        this.foot.textContent ?? '', ...(this.past?.notes ?? []),
      ].filter(Boolean),
      exercise: this.past !== null ? (this.past.exercise ? this.words.exercise : null) : this.exercise ? `${this.words.exercise} · ${this.words.exerciseLive}` : null,
    };
  }

  // The same as a list: what is in view, for whoever does not see the map

  private buildList(): void {
    const heading = document.createElement('h2');
    heading.id = `cm-list-${Math.random().toString(36).slice(2)}`;
    const items = document.createElement('ul');
    items.setAttribute('role', 'listbox');
    items.setAttribute('aria-labelledby', heading.id);
    items.tabIndex = 0;
    const note = document.createElement('p');
    note.textContent = this.words.noClear;
    this.list.append(heading, note, items);
    items.addEventListener('keydown', (event) => {
      const rows = [...items.children] as HTMLElement[];
      const at = rows.findIndex((each) => each.id === items.getAttribute('aria-activedescendant'));
      const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1}[event.key];
      if (to !== undefined && rows[to]) {
        event.preventDefault();
        this.activate(items, rows[to]!);
      } else if (event.key === 'Enter' && rows[at]) {
        event.preventDefault();
        rows[at]!.click();
      }
    });
  }

  private activate(items: HTMLElement, row: HTMLElement): void {
    items.setAttribute('aria-activedescendant', row.id);
    for (const each of items.children) each.setAttribute('aria-selected', String(each === row));
    row.scrollIntoView({block: 'nearest'});
  }

  private tellList(): void {
    this.tellLoud();
    const items = this.list.querySelector('ul')!;
    const before = items.getAttribute('aria-activedescendant');
    this.step++;
    this.aim();
    const found = this.inView();
    const heading = this.list.querySelector('h2')!;
    heading.textContent = `${this.words.inView}: ${found.total} ${this.words.tracks}, ${found.rows.length - Math.min(found.total, found.tracks)} +`;
    const kept = new Map([...items.children].map((each) => [each.id, each as HTMLElement]));
    const rows = found.rows.map(({ref, text}) => {
      const id = `cm-${ref.kind}-${[...ref.id].map((c) => (/[a-z0-9]/i.test(c) ? c : `_${c.codePointAt(0)!.toString(16)}`)).join('')}`;
      const row = kept.get(id) ?? document.createElement('li');
      if (!kept.has(id)) {
        row.id = id;
        row.setAttribute('role', 'option');
        row.setAttribute('aria-selected', 'false');
        row.addEventListener('click', () => { this.select(ref); this.options.onSelect(ref); });
      }
      if (row.textContent !== text) row.textContent = text;
      return row;
    });
    items.replaceChildren(...rows);
    if (before && !rows.some((each) => each.id === before)) items.removeAttribute('aria-activedescendant');
  }

  /** What is in view, worst first: alerts, then things, then tracks from the middle outwards. */
  inView(): {rows: {ref: MapRef; text: string}[]; total: number; tracks: number} {
    const {store, layer, sight} = this;
    const seen: {slot: number; rank: number}[] = []; // the first of all, in order: a world in view is not sorted whole
    let total = 0;
    if (layer.look.tracks) {
      for (let slot = 0; slot < store.top; slot++) {
        if (!store.held[slot] || !sight.project(layer.placeX(slot), layer.placeY(slot))) continue;
        const away = Math.hypot(sight.px - sight.width / 2, sight.py - sight.height / 2);
        const rank = away - 1e6 * severityOf(store.flags[slot]!);
        total++;
        if (seen.length === LIST_MAX && rank >= seen[LIST_MAX - 1]!.rank) continue;
        let at = seen.length;
        while (at > 0 && seen[at - 1]!.rank > rank) at--;
        seen.splice(at, 0, {slot, rank});
        seen.length = Math.min(seen.length, LIST_MAX);
      }
    }
    const rows = seen.map(({slot}) => ({ref: {kind: 'track' as const, id: store.keys[slot]!}, text: this.sayTrack(slot)}));
    const tracks = rows.length;
    for (const thing of this.shownThings()) {
      if (rows.length >= 2 * LIST_MAX) break;
      const touches = thing.parts.some((part) => (part.start_ms === null || part.start_ms <= this.atMs()) && (part.end_ms === null || part.end_ms >= this.atMs())
        && part.rings.some((ring) => ring.some(([lon, lat]) => sight.project(mercatorX(lon!), mercatorY(lat!)))));
      if (touches) rows.push({ref: {kind: thing.kind, id: thing.id}, text: wordsOf({...thing, name: shownName(thing.name), word: this.options.sayWord?.(thing.kind, thing.word) ?? thing.word}, this.words.notDeconflicted)} as never);
    }
    return {rows, total, tracks};
  }

  private sayTrack(slot: number): string {
    const {store} = this;
    const flags = store.flags[slot]!;
    const said = sayPosition(store.latitude[slot]! / 1e6, store.longitude[slot]! / 1e6);
    const words = [...labelLines(store, slot, true, this.words)];
    const severity = ['', this.words.advisory, this.words.caution, this.words.warning][severityOf(flags)]!;
    if (severity) words.unshift(severity);
    if (flags & FLAG.velocity) words.push(`${String(Math.round((store.direction[slot]! * 360) / 65_536) % 360).padStart(3, '0')}°`);
    if (flags & FLAG.stale) words.push(this.words.staleTrack);
    if (flags & FLAG.radarOnly) words.push(this.words.radarOnly);
    words.push(said.degrees);
    return words.join(', ');
  }

  private get store(): TrackStream['store'] {
    return this.stream.store;
  }

  // Hands and keys

  private listen(gl: HTMLElement): void {
    const {map} = this;
    map.on('render', () => this.onRender());
    const before = map._render?.bind(map) as ((time: number) => unknown) | undefined;
    if (before) {
      map._render = ((time: number) => { this.step++; this.aim(); return before(time); }) as never;
    }
    map.on('move', () => { this.look(); this.tellCursor(); });
    map.on('moveend', () => {
      this.look();
      this.tellScale();
      this.layer.moved();
      void this.askPlaces();
      this.setSource('graticule', graticule(map.getZoom()).features);
    });
    map.on('mousemove', (event) => {
      this.cursor = [event.lngLat.lng, event.lngLat.lat];
      this.tellCursor();
      this.drawing?.show([event.lngLat.lng, event.lngLat.lat]);
    });
    map.on('mouseout', () => { this.cursor = null; });
    map.on('click', (event) => this.onClick(event));
    map.on('dblclick', (event) => {
      if (!this.drawing) return;
      event.preventDefault();
      this.drawing.undo(); // the second click of the two added one more
      this.drawing.end();
    });
    map.on('contextmenu', (event) => this.options.onPlace({latDeg: event.lngLat.lat, lonDeg: normalLon(event.lngLat.lng)}));
    gl.addEventListener('keydown', (event) => this.onKey(event));
    this.calm.addEventListener('change', () => this.repaint());
  }

  private onClick(event: MapMouseEvent): void {
    const {lng, lat} = event.lngLat;
    if (this.drawing) return this.drawing.add(lng, lat);
    if (this.ways.measure) {
      const last = this.measured.at(-1);
      this.measured.push([last ? last[0]! + normalLon(lng - last[0]!) : lng, lat]);
      return this.repaint();
    }
    const ref = this.pick(event.point.x, event.point.y);
    if (ref) {
      this.select(ref);
      this.options.onSelect(ref);
    } else {
      this.options.onPlace({latDeg: lat, lonDeg: normalLon(lng)});
    }
  }

  /** What is drawn at a place of the canvas: a track before anything else, the worst first. */
  pick(x: number, y: number): MapRef | null {
    const {store, layer, sight} = this;
    this.step++;
    this.aim();
    let [best, bestRank] = [-1, PICK_PX];
    if (layer.look.tracks) {
      for (let slot = 0; slot < store.top; slot++) {
        if (!store.held[slot] || !sight.project(layer.placeX(slot), layer.placeY(slot))) continue;
        const away = Math.hypot(sight.px - x, sight.py - y);
        const rank = away - 2 * severityOf(store.flags[slot]!);
        if (away <= PICK_PX && rank < bestRank) [best, bestRank] = [slot, rank];
      }
    }
    if (best >= 0) return {kind: 'track', id: store.keys[best]!};
    const layers = PICKED.filter((id) => this.map.getLayer(id));
    const [found] = this.map.queryRenderedFeatures([x, y], {layers});
    return found ? {kind: found.properties['kind'] as MapRef['kind'], id: String(found.properties['id'])} : null;
  }

  private onKey(event: KeyboardEvent): void {
    const center = this.map.getCenter();
    const key = event.key;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.drawing) {
      if (key === 'Escape') this.drawing.cancel();
      else if (key === 'Enter') this.drawing.end();
      else if (key === 'Backspace') this.drawing.undo();
      else if (key === ' ') this.drawing.add(center.lng, center.lat);
      else return;
    } else if (key === 'Escape') {
      this.measured = [];
      this.select(null);
    } else if (key === ' ' && this.ways.measure) {
      this.measured.push([center.lng, center.lat]);
      this.repaint();
    } else if (key === 'Enter' || key === '.' || key === ',') {
      this.choose(key === ',' ? -1 : 1, key === 'Enter');
    } else if (key === 'n') {
      this.setLayers({trackUp: false});
    } else if (key === 't') {
      this.setLayers({trackUp: !this.ways.trackUp});
      this.turnUp();
    } else if (key === 'm') {
      this.setLayers({measure: !this.ways.measure});
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Select the track nearest to the middle, or the next one outwards. */
  private choose(by: number, nearest: boolean): void {
    this.step++;
    this.aim();
    const {rows} = this.inView();
    if (!rows.length) return;
    const at = nearest ? -1 : rows.findIndex((each) => each.ref.kind === this.chosen?.kind && each.ref.id === this.chosen.id);
    const {ref} = rows[(at + by + rows.length) % rows.length]!;
    this.select(ref);
    this.options.onSelect(ref);
  }

  private turnUp(): void {
    const slot = this.slotChosen();
    if (slot < 0 || !this.ways.trackUp) return;
    const {store} = this.stream;
    const center: [number, number] = [store.longitude[slot]! / 1e6, store.latitude[slot]! / 1e6];
    this.map.jumpTo({center, bearing: (store.direction[slot]! * 360) / 65_536});
  }
}

function draftFeatures(draft: GeoJSON.GeoJSON | null): GeoJSON.Feature[] {
  if (!draft) return [];
  if (draft.type === 'FeatureCollection') return draft.features;
  return [draft.type === 'Feature' ? draft : {type: 'Feature', properties: {}, geometry: draft}];
}

function sayLine(distanceM: number, azimuthDeg: number, totalM: number | null): string {
  const said = `${(distanceM / 1000).toFixed(2)} km  ${(distanceM / 1852).toFixed(2)} NM  ${azimuthDeg.toFixed(1).padStart(5, '0')}°T`;
  return totalM === null ? said : `${said}  Σ ${(totalM / 1000).toFixed(2)} km`;
}

/** Words of another script, set apart from the direction of those around them. */
function apart(text: string): string {
  return `\u2068${text}\u2069`;
}

function sayAge(s: number): string {
  return s < 120 ? `${s.toFixed(0)} s` : s < 7_200 ? `${(s / 60).toFixed(0)} min` : `${(s / 3_600).toFixed(1)} h`;
}

function utc(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}

