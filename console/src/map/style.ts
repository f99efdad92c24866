/** How the map looks, by night and by day; nothing is fetched for it. */

import type {LayerSpecification, StyleSpecification} from 'maplibre-gl';

export type Theme = 'night' | 'day';

interface Palette {
  sea: string; land: string; coast: string; border: string; graticule: string; text: string; halo: string;
  agreed: string; open: string; refused: string; announced: string; off: string;
  prohibited: string; restricted: string; danger: string; notice: string; site: string; draft: string;
}

export const PALETTES: Record<Theme, Palette> = {
  night: {
    sea: '#0a121b', land: '#16212b', coast: '#3b5266', border: '#7d93a8', graticule: '#1f2d3a', text: '#dbe7f2', halo: '#05090e',
    agreed: '#3ddc97', open: '#ffc233', refused: '#8c97a3', announced: '#ff6bd6', off: '#ff5a4f',
    prohibited: '#ff5a4f', restricted: '#ff9f43', danger: '#ffd166', notice: '#ff8f1f', site: '#5cc8ff', draft: '#ffffff',
  },
  day: {
    sea: '#dfe9f0', land: '#f7f4ec', coast: '#8aa0b2', border: '#4b5d6e', graticule: '#cfdae2', text: '#10202e', halo: '#ffffff',
    agreed: '#00734d', open: '#8a5a00', refused: '#6b7681', announced: '#a8007d', off: '#c2000f',
    prohibited: '#c2000f', restricted: '#b35900', danger: '#7a6500', notice: '#b34700', site: '#00619e', draft: '#10202e',
  },
};

const EMPTY = {type: 'geojson' as const, data: {type: 'FeatureCollection' as const, features: []}};
export const THINGS = ['areas', 'notices', 'sites', 'intents'] as const;

function outlined(id: string, source: string, filter: unknown, colour: string, fill: number, width: number, dash?: number[]): LayerSpecification[] {
  const when = filter as never;
  return [
    {id: `${id}-fill`, type: 'fill', source, filter: when, paint: {'fill-color': colour, 'fill-opacity': fill}},
    {
      id: `${id}-line`, type: 'line', source, filter: when, layout: {'line-join': 'round'},
      paint: {'line-color': colour, 'line-width': width, ...(dash ? {'line-dasharray': dash} : {})},
    },
  ];
}

/** Layers under the tracks, bottom first. What is not deconflicted is never drawn as what is. */
export function layers(theme: Theme): LayerSpecification[] {
  const p = PALETTES[theme];
  const tone = (value: string): unknown => ['==', ['get', 'tone'], value];
  return [
    {id: 'sea', type: 'background', paint: {'background-color': p.sea}},
    {id: 'land', type: 'fill', source: 'land', paint: {'fill-color': p.land, 'fill-antialias': false}},
    {id: 'graticule', type: 'line', source: 'graticule', paint: {'line-color': p.graticule, 'line-width': 1}},
    {id: 'coast', type: 'line', source: 'borders', filter: ['==', ['get', 'kind'], 'coast'], paint: {'line-color': p.coast, 'line-width': 0.8}},
    {
      id: 'border', type: 'line', source: 'borders', filter: ['==', ['get', 'kind'], 'border'],
      paint: {'line-color': p.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 2, 0.6, 8, 1.6], 'line-dasharray': [4, 2]},
    },
    ...outlined('areas-prohibited', 'areas', tone('prohibited'), p.prohibited, 0.1, 1.6),
    ...outlined('areas-restricted', 'areas', tone('restricted'), p.restricted, 0.08, 1.4),
    ...outlined('areas-danger', 'areas', tone('danger'), p.danger, 0.08, 1.4, [3, 1.5]),
    ...outlined('areas-agreed', 'areas', tone('agreed'), p.border, 0, 1, [6, 3]),
    ...outlined('areas-suspended', 'areas', tone('suspended'), p.off, 0.02, 1.4, [6, 3]),
    ...outlined('areas-other', 'areas', tone('other'), p.border, 0.04, 1, [2, 2]),
    ...outlined('notices-now', 'notices', ['==', ['get', 'now'], true], p.notice, 0.16, 1.8, [1.5, 1.5]),
    ...outlined('notices-later', 'notices', ['==', ['get', 'now'], false], p.notice, 0.03, 1, [1, 3]),
    ...outlined('sites', 'sites', ['==', ['get', 'exact'], true], p.site, 0.22, 1.6),
    ...outlined('sites-coarse', 'sites', ['==', ['get', 'exact'], false], p.site, 0.1, 1.2, [1, 2]),
    ...outlined('intents-agreed', 'intents', tone('agreed'), p.agreed, 0.18, 1.8),
    ...outlined('intents-accepted', 'intents', tone('accepted'), p.agreed, 0.08, 1.8, [6, 1.5]),
    ...outlined('intents-open', 'intents', tone('open'), p.open, 0.06, 1.6, [4, 2]),
    ...outlined('intents-refused', 'intents', tone('refused'), p.refused, 0.02, 1.2, [1, 2]),
    ...outlined('intents-announced', 'intents', tone('announced'), p.announced, 0.12, 2.2, [6, 2, 1, 2]),
    ...outlined('intents-off', 'intents', tone('off'), p.off, 0.12, 2.4, [2, 1]),
    {id: 'chosen-line', type: 'line', source: 'chosen', paint: {'line-color': p.text, 'line-width': 3}},
    {id: 'draft-fill', type: 'fill', source: 'draft', filter: ['==', ['geometry-type'], 'Polygon'], paint: {'fill-color': p.draft, 'fill-opacity': 0.12}},
    {id: 'draft-line', type: 'line', source: 'draft', filter: ['!=', ['geometry-type'], 'Point'], paint: {'line-color': p.draft, 'line-width': 2, 'line-dasharray': [2, 1]}},
    {id: 'draft-point', type: 'circle', source: 'draft', filter: ['==', ['geometry-type'], 'Point'], paint: {'circle-color': p.draft, 'circle-radius': 5}},
  ];
}

export function style(theme: Theme): StyleSpecification {
  const sources = ['land', 'borders', 'graticule', ...THINGS, 'chosen', 'draft'];
  return {version: 8, sources: Object.fromEntries(sources.map((each) => [each, {...EMPTY}])), layers: layers(theme)};
}
