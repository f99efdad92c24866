// The words of a call's page, as one file beside it.
export {original, refusal, startWords, t, tell} from '../app/page_words';
