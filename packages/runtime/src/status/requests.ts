import { Annotation } from '@gotk/api';
import type { KubeObject } from '@gotk/apimachinery';
import { statusOf } from './status.ts';

/** What a person may ask for beyond a run, by an annotation with the same token as `requestedAt` (contract 0.1). Which of them a kind knows its controller says. */
export type ExtraRequest = 'force' | 'reset';

const EXTRA: Readonly<Record<ExtraRequest, { readonly annotation: string; readonly handledIn: string }>> = {
  force: { annotation: Annotation.forceAt, handledIn: 'lastHandledForceAt' },
  reset: { annotation: Annotation.resetAt, handledIn: 'lastHandledResetAt' },
};

/** The token of `reconcile.fluxcd.io/requestedAt`, handled or not. */
export const requestOf = (object: KubeObject): string | undefined => tokenOf(object, Annotation.requestedAt);

/** The token of a reconcile request that the status does not show as handled. */
export function pendingRequest(object: KubeObject): string | undefined {
  const token = requestOf(object);
  return token === statusOf(object).lastHandledReconcileAt ? undefined : token;
}

/** Whether the request that is pending asks for this too: once for each token, and never on its own. */
export function isRequested(object: KubeObject, request: ExtraRequest): boolean {
  const { annotation, handledIn } = EXTRA[request];
  const token = tokenOf(object, annotation);
  return token !== undefined && token === pendingRequest(object) && token !== statusOf(object)[handledIn];
}

/**
 * The status fields that record what a run of the object has answered: whatever its outcome, because whoever asked waits for an answer. An extra request that names
 * another token than `requestedAt` is recorded too, so that it cannot come true later.
 */
export function handledRequests(object: KubeObject, known: readonly ExtraRequest[]): Readonly<Record<string, string>> {
  const handled: Record<string, string> = {};
  const token = requestOf(object);
  if (token !== undefined) handled.lastHandledReconcileAt = token;
  for (const request of known) {
    const extra = tokenOf(object, EXTRA[request].annotation);
    if (extra !== undefined) handled[EXTRA[request].handledIn] = extra;
  }
  return handled;
}

function tokenOf({ metadata }: KubeObject, annotation: string): string | undefined {
  const token = metadata.annotations?.[annotation];
  return token === '' ? undefined : token;
}
