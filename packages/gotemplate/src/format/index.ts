/** The part of Go's `fmt` that templates print with, without the templates. */

export { fromPlain } from '../value/from-plain.ts';
export { sprintf } from './printf.ts';
