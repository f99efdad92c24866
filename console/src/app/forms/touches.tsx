/**
 * What a notice touches, before it is sent. Asked for by a press of a button and never while somebody types: a preview is on
 * record, is limited, and is told to each owner of what it touches.
 */
import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {NoticePreviewTold, NoticeWritten, TouchedByNoticeTold} from '../api_types';
import {ask, Away} from '../api';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {Original, Refused} from '../original';
import {Party} from '../parties';
import {Chip, Code, Said, short, Time} from '../text';

const SHOWN_MAX = 200;

export function NoticeTouches({written}: {written: NoticeWritten}): JSX.Element {
  const [found, setFound] = useState<{of: string; told: NoticePreviewTold} | null>(null);
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const now = JSON.stringify(written);
  const look = (): void => {
    setBusy(true);
    setWrong('');
    ask('POST /v1/notices/preview', {body: {notice: written}, query: {exercise: exercise.value}}).then(
      (told) => setFound({of: now, told}),
      (error: Error) => setWrong(error instanceof Away ? t('away-unknown') : error.message),
    ).finally(() => setBusy(false));
  };
  return (
    <div id="notice-touches">
      <h3>{t('touches')}</h3>
      <p class="hint">{t('touches-hint')}</p>
      <button type="button" data-action="preview" disabled={busy || written.activity === ''} onClick={look}>{t('touches-ask')}</button>
      <p role="alert" class="field-error">{wrong === '' ? '' : <Refused>{wrong}</Refused>}</p>
      {found === null ? <p>{t('touches-unasked')}</p> : <>
        {found.of === now ? null : <p class="warning" role="alert">{t('touches-changed')}</p>}
        <Told told={found.told} />
      </>}
    </div>
  );
}

function Told({told}: {told: NoticePreviewTold}): JSX.Element {
  const {touches} = told;
  const rows = touches.touched ?? [];
  return <>
    <p class="big"><Chip kind="touches" value={touches.answer} /></p>
    <blockquote class={touches.answer === 'touches' ? 'warning' : undefined}><span class="touches-words"><Original>{touches.words}</Original></span></blockquote>
    {touches.always && !touches.words.includes(touches.always) ? <p class="warning"><Original>{touches.always}</Original></p> : null}
    <p>{t('as-of')} <Time at={touches.as_of} /> · {t('buffer')} <Code>{told.buffer_m} m</Code>{told.buffers_assumed ? <b> {t('buffer-assumed')}</b> : null} · {t('record')} <Code>{short(told.record)}</Code></p>
    {rows.length ? <ul class="touched">{rows.slice(0, SHOWN_MAX).map((each) => <Touched key={each.id} each={each} />)}</ul> : null}
    {(touches.count ?? 0) > Math.min(rows.length, SHOWN_MAX) ? <p class="warning">{t('and-more', {n: (touches.count ?? 0) - Math.min(rows.length, SHOWN_MAX)})}</p> : null}
    {told.borders.length ? <ul>{told.borders.map((each) => <li key={each.words}><Original>{each.words}</Original> <small><Said>{each.data_set}</Said> {each.error_m === null ? t('unknown') : <Code>± {Math.round(each.error_m)} m</Code>}</small></li>)}</ul> : null}
    <p><small>{t('inside-now')}: {told.inside.no_area ? t('no-area') : <Code>{told.inside.now.length + told.inside.in_effect.length}</Code>} · {t('tracks')}: {told.inside.tracks === null ? t('unknown') : <Code>{told.inside.tracks.length}{told.inside.more_tracks ? '+' : ''}</Code>}</small></p>
  </>;
}

function Touched({each}: {each: TouchedByNoticeTold}): JSX.Element {
  const precision = each.precision_m === 0 ? t('precision-entered') : t('precision-disc', {km: (each.precision_m / 1000).toFixed(1)});
  return (
    <li class="card">
      <span class="line"><b>{each.what === 'site' ? word('sitekind', each.kind) : <Said>{each.kind}</Said>}</b> <Chip kind="site" value={each.state} /> <Said>{each.names.join(' / ')}</Said></span>
      <span class="line"><Party of={each.owner} /> · {t(`touch-${each.how}`)} · <Code>{Math.round(each.distance_m)} m</Code> ({t('buffer')} <Code>{each.buffer_m} m</Code>)</span>
      <span class="line"><small>{precision} · <Code>{each.id}</Code></small></span>
    </li>
  );
}
