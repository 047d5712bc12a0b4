export declare const oneHost: (root: string, port: number) => string;
