/** Protected sites as finely as this party may know them. Nothing here ranks one above another. */

import type {JSX} from 'preact';
import type {SiteTold} from '../api_types';
import {Original} from '../original';
import {t, word} from '../i18n';
import {Party, partyName} from '../parties';
import {sites} from '../store';
import {Chip, Code, Facts, Said, Time} from '../text';
import {Echelons} from './echelons';
import {Holders, Requests} from './erasures';
import {Rows, type Row} from './rows';

/** Its name; where none is told, what it is and whose word it is. */
export const siteName = (site: SiteTold): string => site.names?.[0]?.text || t('site-unnamed', {kind: word('sitekind', site.kind), party: partyName(site.site.split('/')[0]!)});

export function SiteList(): JSX.Element {
  const rows = (sites.value?.sites ?? []).map((each): Row => ({
    ref: {kind: 'site', id: each.site},
    look: `site-${each.state}`,
    words: [each.kind, each.site, each.state, ...(each.names ?? []).map((one) => one.text)].join(' '),
    body: <>
      <span class="line"><b><Said>{siteName(each)}</Said></b> <Chip kind="site" value={each.state} /></span>
      <span class="line"><small>{word('sitekind', each.kind)} · {each.own ? t('own') : <Party of={each.site.split('/')[0]!} />} · {t('renew-by')} <Time at={each.renew_by} /></small></span>
    </>,
  }));
  return <Rows label={t('pane-sites')} of={sites} rows={rows} none={t('nothing-notified')}>{sites.value?.always ? <p class="hint"><Original>{sites.value.always}</Original></p> : null}<Requests /></Rows>;
}

export function SiteDetail({id}: {id: string}): JSX.Element {
  const site = sites.value?.sites.find((each) => each.site === id);
  if (site === undefined) return <p class="none">{t('not-known-here')} <Code>{id}</Code></p>;
  const place = site.place;
  return (
    <article>
      <h2><Said>{siteName(site)}</Said> <Chip kind="site" value={site.state} /></h2>
      <Facts rows={[
        [t('kind'), word('sitekind', site.kind)],
        [t('names'), (site.names ?? []).length === 0 ? t('none-stated') : <>{(site.names ?? []).map((each) => <span key={each.text} lang={each.language}><Said>{each.text}</Said> </span>)}</>],
        [t('position'), place ? <Code>{place.latitude_deg.map((each, index) => `${each.toFixed(5)} ${place.longitude_deg[index]?.toFixed(5)}`).join(', ')}</Code> : t('unknown')],
        [t('radius'), place ? <Code>{Math.ceil(place.radius_m)} m</Code> : null], [t('precision'), place ? <Code>{place.precision_m} m</Code> : null],
        [t('owner'), site.owner ? <Party of={site.owner} /> : null], [t('origin'), site.origin ? <Said>{site.origin}</Said> : null],
        [t('contact'), site.contact ? <Said>{site.contact}</Said> : null],
        [t('renew-by'), <Time at={site.renew_by} />], [t('version'), String(site.version)], [t('id'), <Code>{site.site}</Code>],
      ]} />
      <h3>{t('site-checks')}</h3>
      <ul>{(site.checks ?? []).map((each) => <li key={each.at + each.operator}>{word('site', each.finding)} <Party of={each.party} /> <Said>{each.operator}</Said> <Said>{each.origin}</Said> <Time at={each.at} /> <Said>{each.words}</Said></li>)}{(site.checks ?? []).length === 0 ? <li>{t('nobody')}</li> : null}</ul>
      {site.record ? <Echelons record={site.record} /> : null}
      {site.own ? <Holders site={site.site} /> : null}
      <Requests site={site.site} />
    </article>
  );
}
