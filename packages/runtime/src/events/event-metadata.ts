import { gvkOf, type KubeObject } from '@gotk/apimachinery';
import { presentable, type Redact } from '../log/presentable.ts';

const USER_PREFIX = 'event.toolkit.fluxcd.io/';
const MAX_VALUE_CHARACTERS = 1_024;

/**
 * An event's metadata: the controller's own keys under the object's API group, as the notification-controller reads them, and the annotations with which
 * the object's owner labels its events (`event.toolkit.fluxcd.io/…`).
 */
export function metadataOf(object: KubeObject, own: Readonly<Record<string, string>>, redact?: Redact): Record<string, string> {
  const { group } = gvkOf(object);
  const users = Object.entries(object.metadata.annotations ?? {}).filter(([key]) => key.startsWith(USER_PREFIX));
  const ours = Object.entries(own).map(([key, value]) => [key.includes('/') ? key : `${group}/${key}`, value] as const);
  return Object.fromEntries(
    [...users, ...ours].map(([key, value]) => [key, presentable(value, { maxCharacters: MAX_VALUE_CHARACTERS, redact })]),
  );
}
