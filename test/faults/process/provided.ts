declare module 'vitest' {
  interface ProvidedContext {
    readonly kubeconfigPath: string;
    /** Of the control plane that the files of the integration project share. */
    readonly auditLog: string;
  }
}

export {};
