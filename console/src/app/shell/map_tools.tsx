/** What can be asked of the map: where to look, how to look, what the marks mean, and a picture of it. */

import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';
import type {ComponentChildren, JSX} from 'preact';
import type {MapWords} from '../../map';
import {ask, Away, Refusal} from '../api';
import {Original} from '../original';
import {t, word} from '../i18n';
import {exercise, language} from '../preferences';
import {past} from '../past';
import {saveAs} from '../save';
import {nodeNow} from '../clock';
import {map, mapWays} from '../view';
import {Code, Said} from '../text';

const WORDS: (keyof MapWords)[] = [
  'chart', 'inView', 'tracks', 'stale', 'down', 'elsewhere', 'noClear', 'exercise', 'exerciseLive', 'notDeconflicted', 'planned', 'measure', 'borders', 'missing', 'antipodal',
  'advisory', 'caution', 'warning', 'staleTrack', 'radarOnly', 'heightUnknown', 'speedUnknown', 'scale',
];
const LAYERS = ['tracks', 'labels', 'trails', 'vectors', 'intents', 'notices', 'areas', 'sites', 'alerts', 'borders', 'graticule', 'places', 'globe'] as const;
const MARKS = ['dart', 'flight', 'ring', 'circle', 'grey', 'vector', 'trail', 'solid', 'dashes', 'long-dashes', 'diamond', 'notice', 'site', 'border'] as const;

/** The map's own words, in the language chosen. */
export function mapWords(): Partial<MapWords> {
  return Object.fromEntries(WORDS.map((each) => [each, t(`map-${each.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)]));
}

const KINDS: Record<string, string> = {intent: 'state', site: 'site', notice: 'notice', area: 'area'};

export function sayWord(kind: string, said: string): string {
  const [first, ...rest] = said.split(' ');
  return [word(KINDS[kind] ?? kind, first ?? ''), ...rest.map((each) => word('map-word', each))].join(' ');
}

function GoTo(): JSX.Element {
  const [told, setTold] = useState<JSX.Element | string>('');
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget as HTMLFormElement).get('go-to')).trim();
    if (text === '') return;
    setTold('');
    try {
      const {places} = await ask('GET /v1/map/places', {query: {name: text, limit: 5}});
      const [first] = places;
      if (first !== undefined) {
        map.value?.flyTo({latDeg: first.latitude_deg, lonDeg: first.longitude_deg, zoom: 9});
        setTold(<><Said>{first.name}</Said> <Code>{first.latitude_deg.toFixed(4)}, {first.longitude_deg.toFixed(4)}</Code>{places.length > 1 ? ` ${t('go-to-more', {n: places.length - 1})}` : ''}</>);
        return;
      }
      const read = await ask('GET /v1/place', {query: {position: text}});
      map.value?.flyTo({latDeg: read.latitude_deg, lonDeg: read.longitude_deg, zoom: 9});
      setTold(<><Code>{read.grid} {read.datum}</Code> <Original>{read.nearest.words}</Original>{read.assumed.map((each) => <b key={each}> <Original>{each}</Original></b>)}</>);
    } catch (error) {
      setTold(<b class="bad-words"><Said>{error instanceof Refusal ? error.problem.why ?? error.problem.reason : error instanceof Away ? t('away-unknown') : (error as Error).message}</Said></b>);
    }
  };
  return (
    <form class="go-to" role="search" aria-label={t('go-to')} onSubmit={(event) => void go(event)}>
      <input name="go-to" dir="auto" aria-label={t('go-to')} placeholder={t('go-to-hint')} autocomplete="off" spellcheck={false} />
      <button>{t('go')}</button>
      <output role="status">{told}</output>
    </form>
  );
}

function Toggle({name, label, on, off}: {name: string; label: string; on?: boolean; off?: () => void}): JSX.Element {
  const pressed = on ?? mapWays.value[name] === true;
  return <button type="button" aria-pressed={pressed} onClick={off ?? (() => map.value?.setLayers({[name]: !pressed}))}>{label}</button>;
}

async function save(kind: 'png' | 'svg' | 'pdf'): Promise<void> {
  const handle = map.value;
  if (handle === null) return;
  const made = kind === 'png' ? handle.exportPng() : kind === 'svg' ? handle.exportSvg() : handle.exportPdf();
  const then = past.peek();
  const stamp = new Date(then === null ? nodeNow() : Date.parse(then.at)).toISOString().slice(0, 19).replace(/[:]/g, '');
  saveAs(await made, `comity-map-${then === null ? '' : 'replay-'}${(then?.exercise ?? exercise.peek()) ? 'exercise-' : ''}${stamp}Z.${kind}`);
}

/** Everything but the search: in one row where there is room, else in a menu. */
function Tools(): JSX.Element {
  const ways = mapWays.value;
  return <>
    <span class="pair" role="group" aria-label={t('map-way-up')}>
      <Toggle name="north" label={t('north-up')} on={!ways['trackUp']} off={() => map.value?.setLayers({trackUp: false})} />
      <Toggle name="trackUp" label={t('track-up')} />
    </span>
    <Toggle name="measure" label={t('measure')} />
    <Drop label={t('layers')}>
      <fieldset><legend>{t('layers')}</legend>
        {LAYERS.map((each) => (
          <label key={each} class="check"><input type="checkbox" name={`layer-${each}`} checked={ways[each] === true} onChange={(event) => map.value?.setLayers({[each]: event.currentTarget.checked})} />{t(`layer-${each}`)}</label>
        ))}
      </fieldset>
    </Drop>
    <Drop label={t('legend')}><dl class="legend">{MARKS.map((each) => <div key={each}><dt><span class={`mark mark-${each}`} /></dt><dd>{t(`mark-${each}`)}</dd></div>)}</dl></Drop>
    <Drop label={t('picture')}><div class="actions">{(['png', 'svg', 'pdf'] as const).map((each) => <button key={each} type="button" onClick={() => void save(each)}>{each.toUpperCase()}</button>)}</div></Drop>
  </>;
}

/** One of these is open at a time; Escape closes it and gives the focus back. */
function Drop({label, children}: {label: string; children: ComponentChildren}): JSX.Element {
  const close = (event: KeyboardEvent): void => {
    const open = event.currentTarget as HTMLDetailsElement;
    if (event.key !== 'Escape' || !open.open) return;
    event.stopPropagation();
    open.open = false;
    open.querySelector('summary')?.focus();
  };
  return <details name="map-tools" onKeyDown={close}><summary>{label}</summary>{children}</details>;
}

export function MapTools(): JSX.Element | null {
  return map.value === null ? null : <Fitted key={language.value} />; // words of another length need another room
}

function Fitted(): JSX.Element {
  const at = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [needed, setNeeded] = useState(0);
  const narrow = width < needed;
  useEffect(() => {
    const seen = new ResizeObserver(() => setWidth(at.current?.clientWidth ?? 0));
    seen.observe(at.current!);
    return () => seen.disconnect();
  }, []);
  useLayoutEffect(() => {
    const row = at.current!;
    if (!narrow && row.scrollWidth > row.clientWidth) setNeeded(row.scrollWidth);
  });
  return (
    <div ref={at} class={`map-tools${narrow ? ' narrow' : ''}`} role="group" aria-label={t('map-tools')}>
      <GoTo />
      {narrow ? <details class="all"><summary>{t('map-tools')}</summary><div class="menu"><Tools /></div></details> : <Tools />}
      {mapWays.value['measure'] ? <p class="hint measuring" role="status">{t('map-measure')}: {t('measure-hint')}</p> : null}
    </div>
  );
}
