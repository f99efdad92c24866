/** What is always seen, in one row: time, who we are, who has the watch, how line, feeds and nets stand. All else is in the menu. */

import {useRef} from 'preact/hooks';
import type {JSX} from 'preact';
import {allowSound, calls, mayBeHeard} from '../attention';
import {local, nodeNow, skewIsLoud, skewMs, tick} from '../clock';
import {openPane} from '../commands';
import {stream} from '../events';
import {t, word, NAMES} from '../i18n';
import {exercise, language, LANGUAGES, soundOn, theme, type Language} from '../preferences';
import {Original} from '../original';
import {session, signOut} from '../session';
import {air, lineStatus, nodeIsAway, proposals, status, type Standing} from '../store';
import {approvable, waitingProposals} from '../lists/approvals';
import {Age, Code, Said, Time} from '../text';
import {AlarmBar} from '../lists/alarms';
import {ReplayBanner} from '../lists/replay';
import {help, mapHealth, openForm, palette, select} from '../view';

const SAME_MS = 500; // nothing that a person would act on

function Clock(): JSX.Element {
  void tick.value;
  const now = nodeNow();
  const skew = skewMs.value;
  const at = new Date(now).toISOString();
  const apart = skew === null ? t('skew-unknown') : Math.abs(skew) < SAME_MS ? t('skew-none') : t(skew > 0 ? 'skew-ahead' : 'skew-behind', {s: Math.abs(skew / 1000).toFixed(1)});
  return (
    <div class="clock" aria-label={t('clock')} title={apart}>
      <time class="utc" dir="ltr" dateTime={at}>{at.slice(11, 19)}<small>Z</small></time>
      <span class="day"><bdi dir="ltr">{at.slice(0, 10)}</bdi> <span class="local">{t('local')} <bdi dir="ltr">{local(now)}</bdi></span></span>
      {skewIsLoud.value ? <span class="skew loud" role="alert">{apart}</span> : <span class="hidden">{apart}</span>}
    </div>
  );
}

type Level = 'good' | 'bad' | 'doubt';

function Light({label, level, standing, lacks = 0, children, onClick}: {label: string; level: Level; standing: Standing; lacks?: number; children: JSX.Element | string; onClick: () => void}): JSX.Element {
  const shown = standing !== 'live' ? 'stale' : lacks > 0 && level === 'good' ? 'doubt' : level; // what was not read may be what is not good
  const whole = typeof children === 'string' ? `${label}: ${children}` : label; // where there is no room for all of it
  return <button class={`light ${shown}`} title={whole} onClick={onClick}><span class="name">{label}</span><span class="value">{children}{lacks > 0 ? <> · {t('unread-records', {n: lacks})}</> : null}</span></button>;
}

function Lights(): JSX.Element {
  const node = status.value;
  const lines = lineStatus.value?.lines ?? [];
  // By its last check a line works until the next one, which may be a day away; by the way to it, only while it is reached.
  const unanswered = lines.some((each) => each.person_asked_at !== null);
  const working = lines.filter((each) => each.state === 'working' && each.reach === 'reachable').length;
  const nets = air.value?.nets ?? [];
  const worst = nets.some((each) => each.health === 'blind') ? 'blind' : nets.some((each) => each.health !== 'working') ? 'degraded' : 'working';
  const up = node?.feeds_up ?? 0;
  const feeds = node?.feeds ?? 0;
  const health = (): void => openPane('health');
  const shown = mapHealth.value;
  return (
    <div class="lights" role="group" aria-label={t('health')}>
      <Watch />
      <Light label={t('line')} standing={lineStatus.standing.value} lacks={lineStatus.unread.value.length} onClick={health} level={lines.length === 0 ? 'doubt' : working < lines.length ? 'bad' : unanswered ? 'doubt' : 'good'}>
        {lines.length === 0 ? t('no-peers') : t('of', {n: working, all: lines.length, what: word('line', 'working')})}
      </Light>
      <Light label={t('feeds')} standing={status.standing.value} onClick={health} level={feeds === 0 ? 'doubt' : up === feeds ? 'good' : 'bad'}>
        {feeds === 0 ? t('no-feeds') : t('of', {n: up, all: feeds, what: word('feed', 'up')})}
      </Light>
      <Light label={t('nets')} standing={air.standing.value} lacks={air.unread.value.length} onClick={health} level={nets.length === 0 ? 'doubt' : worst === 'working' ? 'good' : 'bad'}>
        {nets.length === 0 ? t('unknown') : word('net', worst)}
      </Light>
      <Light label={t('tracks')} standing={shown?.tracks === 'live' ? 'live' : 'stale'} onClick={health} level="good">
        {shown === null || shown.tracks === 'down' ? t('unknown') : String(shown.count)}
      </Light>
      <Approvals />
    </div>
  );
}

function Watch(): JSX.Element {
  const mine = status.value?.party;
  const here = (lineStatus.value?.watch ?? []).filter((each) => each.party === mine);
  const standing = lineStatus.standing.value;
  return (
    <button class={`light ${standing !== 'live' ? 'stale' : here.length ? 'good' : 'bad'}`} title={here.map((each) => `${each.officer} (${each.echelon})`).join(', ') || t('nobody-on-watch')} onClick={() => openForm('watch')}>
      <span class="name">{t('watch')}</span>
      <span class="value">{here.length === 0 ? t('nobody-on-watch') : here.map((each) => <span key={each.echelon}><Said>{each.officer}</Said> <small><Said>{each.echelon}</Said></small> </span>)}</span>
    </button>
  );
}

/** What waits for a second person; loud where that is the one at this console. */
function Approvals(): JSX.Element | null {
  const all = waitingProposals.value;
  const mine = approvable.value;
  if (all === 0) return null;
  const shown = proposals.standing.value !== 'live' ? 'stale' : mine ? 'bad' : 'doubt';
  return (
    <button class={`light approvals ${shown}`} title={t(mine ? 'approvals-yours' : 'approvals-waiting', {n: mine || all})} onClick={() => openPane('approvals')}>
      <span class="name">{t('pane-approvals')}</span>
      <span class="value">{mine ? t('approvals-yours', {n: mine}) : t('approvals-waiting', {n: all})}</span>
    </button>
  );
}

/** Only a sound that nobody would hear stands in the bar. */
function Sound(): JSX.Element | null {
  if (!soundOn.value) return <button class="loud-button" onClick={() => { allowSound(); soundOn.value = true; }}>{t('sound-off')}</button>;
  if (!mayBeHeard.value) return <button class="loud-button" onClick={allowSound}>{t('sound-blocked')}</button>;
  return null;
}

/** What is done once a watch: Escape closes it and gives the focus back, as does whatever is chosen. */
function Menu(): JSX.Element {
  const at = useRef<HTMLDetailsElement>(null);
  const close = (): void => { if (at.current) at.current.open = false; };
  const doing = (work: () => void) => (): void => { close(); work(); };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !at.current?.open) return;
    event.stopPropagation();
    close();
    at.current.querySelector('summary')?.focus();
  };
  const onBlur = (event: FocusEvent): void => {
    if (event.relatedTarget !== null && !at.current?.contains(event.relatedTarget as Node)) close();
  };
  return (
    <details ref={at} class="bar-menu" onKeyDown={onKey} onFocusOut={onBlur}>
      <summary>{t('menu')}</summary>
      <div class="menu-items">
        <p class="menu-who"><Said>{status.value?.name ?? t('unknown')}</Said> <Code>{status.value?.party ?? ''}</Code>{session.value.operator ? <><br />{t('operator')}: <Said>{session.value.operator}</Said></> : null}</p>
        <button aria-keyshortcuts="Control+K" onClick={doing(() => { palette.value = true; })}>{t('commands')} <kbd dir="ltr" aria-hidden="true">Ctrl-K</kbd></button>
        <button aria-keyshortcuts="?" onClick={doing(() => { help.value = true; })}>{t('do-help')} <kbd dir="ltr" aria-hidden="true">?</kbd></button>
        <button aria-keyshortcuts="t" onClick={doing(() => { theme.value = theme.value === 'night' ? 'day' : 'night'; })}>{t(theme.value === 'night' ? 'to-day' : 'to-night')} <kbd dir="ltr" aria-hidden="true">t</kbd></button>
        <button aria-pressed={soundOn.value} onClick={doing(() => { allowSound(); soundOn.value = !soundOn.value; })}>{t(soundOn.value ? 'sound-on' : 'sound-off')}</button>
        {session.value.state === 'in' ? <button data-action="log-out" onClick={doing(() => void signOut())}>{t('do-sign-out')}</button> : null}
      </div>
    </details>
  );
}

export function TopBar(): JSX.Element {
  const node = status.value;
  return (
    <header class="top">
      <h1 class="hidden">Comity</h1>
      <Clock />
      <div class="party" title={[node?.name, node?.party, session.value.operator].filter(Boolean).join(' · ')}>
        <strong><Said>{node?.name ?? t('unknown')}</Said></strong>
        <small><Said>{session.value.operator || node?.party || ''}</Said></small>
      </div>
      <Lights />
      <div class="tools">
        <Sound />
        <select aria-label={t('language')} value={language.value} onChange={(event) => { language.value = event.currentTarget.value as Language; }}>
          {LANGUAGES.map((each) => <option key={each} value={each} lang={each}>{NAMES[each]}</option>)}
        </select>
        <Menu />
      </div>
    </header>
  );
}

/** Loud where the node is away or something is wrong with what is shown. */
export function Banners(): JSX.Element {
  const now = stream.value;
  const node = status.value;
  const told = status.told.value;
  const away = nodeIsAway.value || (now.state === 'lost' && now.tries > 0);
  const first = calls.value[0];
  return (
    <section class="banners" aria-label={t('banners')}>
      {exercise.value ? <p class="exercise" role="note">{t('exercise')} · <span lang="en" dir="ltr">EXERCISE EXERCISE EXERCISE</span> <span class="beyond">· {t('exercise-words')}</span></p> : null}
      <ReplayBanner />
      {away ? <p class="away" role="alert">{t('node-away')} {told === null ? t('never-told') : <>{t('as-of')} <Time at={told.at} /> (<Age at={told.at} />)</>}</p> : null}
      {node?.recovering ? <p class="away" role="alert">{t('recovering')}</p> : null}
      <AlarmBar />
      {first === undefined ? null : (
        <button class={`calls ${first.kind}`} onClick={() => select(first.ref)}>
          <strong>{t(`call-${first.kind}`)}</strong> {first.language === undefined ? <Said>{first.words}</Said> : <q><Original lang={first.language}>{first.words}</Original></q>} <Age at={first.since} />
          {calls.value.length > 1 ? <span> {t('and-more', {n: calls.value.length - 1})}</span> : null}
        </button>
      )}
    </section>
  );
}
