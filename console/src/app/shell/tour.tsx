/** The tour's words, in a strip of their own below the lists: nothing that it speaks of lies under it. */

import {useLayoutEffect, useRef} from 'preact/hooks';
import type {JSX} from 'preact';
import {t} from '../i18n';
import {status} from '../store';
import {finish, goTo, leave, onward, STOPS, tour, tourHas, tourIsOffered, tourLeftAt} from '../tour';

const HERE = 'data-tour';

function point(at: string[]): void {
  document.querySelector(`[${HERE}]`)?.removeAttribute(HERE);
  const found = at.map((each) => document.querySelector(each)).find((each) => each !== null && each.getClientRects().length > 0);
  found?.setAttribute(HERE, '');
  found?.scrollIntoView({block: 'nearest', inline: 'nearest'});
}

/** Says on a node of a demonstration that everything is invented, and offers the tour. */
export function Demonstration(): JSX.Element | null {
  if (status.value?.demonstration !== true) return null;
  const label = tourLeftAt.value > 0 ? t('tour-resume', {n: tourLeftAt.value + 1, all: STOPS.length}) : t('tour-start');
  return (
    <section class="demonstration" aria-label={t('demonstration')}>
      <strong>{t('demonstration')}</strong> <span class="beyond">{t('demonstration-words')}</span>{' '}
      {tour.value === null ? <button class="small" onClick={onward}>{label}</button> : null}
    </section>
  );
}

export function Tour(): JSX.Element | null {
  const head = useRef<HTMLHeadingElement>(null);
  const now = tour.value;
  const stop = now === null || !tourIsOffered() ? undefined : STOPS[now];
  useLayoutEffect(() => {
    if (stop === undefined) {
      point([]);
      return;
    }
    // what a stop opens is drawn in the same turn; focus comes last, so that it is read out
    const wait = requestAnimationFrame(() => { point(stop.at); head.current?.focus(); });
    return () => cancelAnimationFrame(wait);
  }, [stop?.id]);
  if (stop === undefined || now === null) return null;
  const last = now === STOPS.length - 1;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    leave();
  };
  return (
    <section class="tour" aria-labelledby="tour-head" onKeyDown={onKey}>
      <div class="tour-words">
        <h2 id="tour-head" ref={head} tabIndex={-1}>{t(`tour-${stop.id}`)} <small>{t('tour-at', {n: now + 1, all: STOPS.length})}</small></h2>
        <p>{t(`tour-${stop.id}-words`)}</p>
        {tourHas.value ? null : <p class="hint">{t('tour-nothing')}</p>}
      </div>
      <div class="tour-ways">
        <button onClick={() => goTo(now - 1)} disabled={now === 0}>{t('tour-back')}</button>
        <button class="primary" onClick={onward}>{last ? t('tour-finish') : t('tour-next')} <kbd dir="ltr" aria-hidden="true">g</kbd></button>
        <button onClick={last ? finish : leave}>{t('tour-leave')} <kbd dir="ltr" aria-hidden="true">Esc</kbd></button>
      </div>
    </section>
  );
}
