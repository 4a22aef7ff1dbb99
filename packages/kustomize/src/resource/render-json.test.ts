import { expect, test } from 'vitest';
import { renderGoJson } from './render-json.ts';

// The expected texts are what Go's encoding/json prints.
test('keys are sorted by their bytes, and HTML is not to be misled', () => {
  const value = { b: [1, {}, []], 10: '<&>', 9: null, '😀': 1.5, '\uFFFD': 12345678901234567890n };
  expect(renderGoJson(value, '')).toBe('{"10":"\\u003c\\u0026\\u003e","9":null,"b":[1,{},[]],"\uFFFD":12345678901234567890,"😀":1.5}');
});

test('with an indentation, every item has a line', () => {
  expect(renderGoJson({ a: [1, { b: true }], c: {} }, '  ')).toBe('{\n  "a": [\n    1,\n    {\n      "b": true\n    }\n  ],\n  "c": {}\n}');
});
