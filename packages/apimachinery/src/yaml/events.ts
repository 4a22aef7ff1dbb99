import { CHOMPING_MODE, EVENT_ID, type Event, parseEvents, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';

/** Kubernetes refuses deeper JSON. */
export const MAX_DEPTH = 100;

/** What js-yaml finds in a text, as go-yaml would. Throws `YAMLException`. */
export const eventsOf = (text: string): Event[] => withOpenEnd(parseEvents(text, { maxDepth: MAX_DEPTH }), text);

/** A block of text whose last line is the file's and has no line break: js-yaml supplies one, Go does not. */
function withOpenEnd(events: Event[], text: string): Event[] {
  if (/[\r\n]$/.test(text.slice(-1))) return events;
  const isLast = (event: Event): event is ScalarEvent =>
    event.type === EVENT_ID.SCALAR &&
    event.valueEnd === text.length &&
    (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK);
  return events.map((event) => (isLast(event) ? { ...event, chomping: CHOMPING_MODE.STRIP } : event));
}
