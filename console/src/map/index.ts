import type {GeoJSON as AnyGeoJSON, Geometry} from "geojson";

/** Stands where the map will be: a plain box that says that the map is not built in. */

export interface MapRef {
  kind: 'track' | 'intent' | 'area' | 'site' | 'notice' | 'alert';
  id: string;
}

export interface MapOptions {
  theme: 'night' | 'day';
  language: string;
  rtl: boolean;
  apiBase: string;
  headers(): Record<string, string>;
  onSelect(ref: MapRef): void;
  onPlace(position: {latDeg: number; lonDeg: number}): void;
  onHealth(state: {tracks: 'live' | 'stale' | 'down'; ageS: number | null; count: number}): void;
}

export interface MapHandle {
  select(ref: MapRef | null): void;
  flyTo(where: [number, number, number, number] | {latDeg: number; lonDeg: number}): void;
  setTime(instant: string | 'now'): void;
  setLayers(layers: Record<string, boolean>): void;
  setTheme(theme: 'night' | 'day'): void;
  setLanguage(language: string): void;
  startDrawing(kind: 'polygon' | 'corridor' | 'point'): Promise<Geometry | null>;
  setDraft(draft: AnyGeoJSON | null): void;
  destroy(): void;
}

export function createMap(container: HTMLElement, options: MapOptions): MapHandle {
  const box = document.createElement('p');
  box.textContent = 'The map is not built in.';
  box.className = 'no-map';
  container.append(box);
  options.onHealth({tracks: 'down', ageS: null, count: 0});
  const nothing = (): void => undefined;
  return {
    select: nothing, flyTo: nothing, setTime: nothing, setLayers: nothing, setTheme: nothing, setLanguage: nothing,
    startDrawing: () => Promise.resolve(null), setDraft: nothing, destroy: () => box.remove(),
  };
}
