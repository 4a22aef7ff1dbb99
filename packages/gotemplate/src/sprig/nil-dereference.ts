import { FunctionError } from '../value/function.ts';

/** What a Go function says that was given nil and looks at it. */
export const nilDereference = (): FunctionError => new FunctionError('runtime error: invalid memory address or nil pointer dereference');
