import { describe, expect, test } from 'vitest';
import { widget } from '../../test/widget.ts';
import { handledRequests, isRequested, pendingRequest } from './requests.ts';

const asked = (annotations: Record<string, string>, status = {}) =>
  widget({
    metadata: {
      annotations: Object.fromEntries(Object.entries(annotations).map(([name, token]) => [`reconcile.fluxcd.io/${name}`, token])),
    },
    status,
  });

describe('a request by annotation', () => {
  test('is pending until the status shows its token', () => {
    expect(pendingRequest(asked({ requestedAt: 'a' }))).toBe('a');
    expect(pendingRequest(asked({ requestedAt: 'a' }, { lastHandledReconcileAt: 'a' }))).toBeUndefined();
    expect(pendingRequest(asked({ requestedAt: 'b' }, { lastHandledReconcileAt: 'a' }))).toBe('b');
    expect(pendingRequest(asked({ requestedAt: '' }))).toBeUndefined();
  });

  test('asks for force or reset only together with the run, by the same token', () => {
    expect(isRequested(asked({ requestedAt: 'a', forceAt: 'a' }), 'force')).toBe(true);
    expect(isRequested(asked({ requestedAt: 'a', forceAt: 'a' }), 'reset')).toBe(false);
    expect(isRequested(asked({ forceAt: 'a' }), 'force')).toBe(false);
    expect(isRequested(asked({ requestedAt: 'b', forceAt: 'a' }), 'force')).toBe(false);
    expect(isRequested(asked({ requestedAt: 'a', resetAt: 'a' }), 'reset')).toBe(true);
  });

  test('asks once: neither after the run nor after the force was handled', () => {
    expect(isRequested(asked({ requestedAt: 'a', forceAt: 'a' }, { lastHandledReconcileAt: 'a' }), 'force')).toBe(false);
    expect(isRequested(asked({ requestedAt: 'a', forceAt: 'a' }, { lastHandledForceAt: 'a' }), 'force')).toBe(false);
  });

  test('is recorded in the fields that the kind has', () => {
    const object = asked({ requestedAt: 'b', forceAt: 'a', resetAt: 'b' });
    expect(handledRequests(object, [])).toEqual({ lastHandledReconcileAt: 'b' });
    expect(handledRequests(object, ['force', 'reset'])).toEqual({
      lastHandledReconcileAt: 'b',
      lastHandledForceAt: 'a',
      lastHandledResetAt: 'b',
    });
    expect(handledRequests(widget(), ['force'])).toEqual({});
  });
});
