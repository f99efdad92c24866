/** Starts the console. */

import {render} from 'preact';
import {startAttention} from './attention';
import {startClock} from './clock';
import {startKeys} from './commands';
import {listDrafts} from './drafts';
import {startEvents} from './events';
import {startLanguage} from './i18n';
import {startNames} from './names';
import {App, startPage} from './shell/app';
import {startRoute} from './route';
import {startFaults} from './shell/screen_fault';
import {startSession} from './session';
import {startStore} from './store';
import {guardScripts} from './trusted';
import './style.css';

guardScripts();
startFaults();
startClock();
startLanguage();
startPage();
startKeys();
startAttention();
startNames();
startRoute();
void startSession();
void startStore();
void startEvents();
void listDrafts().catch(() => undefined);
render(<App />, document.getElementById('root')!);
performance.mark('comity-usable');
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/console/sw.js', {scope: '/console/'}).catch(() => undefined);
