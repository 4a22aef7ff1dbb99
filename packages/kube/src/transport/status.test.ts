import { describe, expect, test } from 'vitest';
import { ApiError, isConflict, isGone, isNotFound, NoMatch } from '../errors.ts';
import { refusalError, statusCode, statusError } from './status.ts';

const asked = { asked: 'GET /api/v1/pods', status: 422 };
const cause = { field: 'spec.x', reason: 'FieldValueInvalid', message: 'must be y' };

describe('a refusal', () => {
  test('is what the server says', () => {
    const text = JSON.stringify({
      kind: 'Status',
      message: 'Pod "web" is invalid',
      reason: 'Invalid',
      details: { causes: [cause], retryAfterSeconds: 2 },
    });
    expect(refusalError(text, asked)).toMatchObject({
      name: 'ApiError',
      message: 'Pod "web" is invalid',
      status: 422,
      reason: 'Invalid',
      causes: [cause],
      retryAfterMs: 2_000,
    });
  });

  test.each(['<html>502 Bad Gateway, token=abc</html>', '', 'null', '[]', '"text"', '{"message":5,"details":7}'])(
    'that is no Status is not quoted (%s)',
    (text) => {
      expect(refusalError(text, asked)).toMatchObject({
        message: 'GET /api/v1/pods was answered with 422',
        status: 422,
        reason: '',
        causes: [],
        retryAfterMs: undefined,
      });
    },
  );

  test('has only those causes that are some', () => {
    const details = { causes: [null, 'text', cause, 7] };
    expect(statusError({ details }, asked).causes).toEqual([cause]);
    expect(statusError({ details: { causes: 'many' } }, asked).causes).toEqual([]);
    expect(statusError({ details: null }, asked).causes).toEqual([]);
  });

  test('the header goes before the body, and whole seconds are all there is', () => {
    const body = { details: { retryAfterSeconds: 9 } };
    expect(statusError(body, { ...asked, retryAfter: '3' }).retryAfterMs).toBe(3_000);
    for (const retryAfter of ['Wed, 21 Oct 2026 07:28:00 GMT', '-1', 'NaN', 'Infinity'])
      expect(statusError({}, { ...asked, retryAfter }).retryAfterMs).toBeUndefined();
    expect(statusError({ details: { retryAfterSeconds: {} } }, asked).retryAfterMs).toBeUndefined();
  });

  test('carries its own code, or is taken for an error of the server', () => {
    expect([statusCode({ code: 410 }), statusCode({ code: '410' }), statusCode(null), statusCode('x')]).toEqual([410, 500, 500, 500]);
  });
});

test('errors are told apart by status, and nothing else is one', () => {
  const error = (status: number) => new ApiError('no', { status, reason: '' });
  expect([isNotFound(error(404)), isConflict(error(409)), isGone(error(410))]).toEqual([true, true, true]);
  expect([isNotFound(error(410)), isConflict(error(404)), isGone(error(409))]).toEqual([false, false, false]);
  for (const other of [undefined, null, { status: 404 }, new Error('404')]) expect(isNotFound(other)).toBe(false);
});

test('a kind that is not served is named as kubectl names it', () => {
  expect(new NoMatch({ group: 'apps', version: 'v1', kind: 'Widget' }).message).toBe(`no matches for kind 'Widget' in version 'apps/v1'`);
  expect(new NoMatch({ group: '', version: 'v1', kind: 'Widget' }).message).toBe(`no matches for kind 'Widget' in version 'v1'`);
});
