export interface FakePicture { width: number; height: number; rgb: Buffer }
export interface FakeWriter {
  u8(...values: number[]): FakeWriter;
  u16(...values: number[]): FakeWriter;
  u32(...values: number[]): FakeWriter;
  text(text: string): FakeWriter;
}
export interface FakeSession {
  address: string;
  received: { type: number; bytes: number[] }[];
  origin: string | undefined;
  ticket: string | null;
  refuse: boolean;
  write(fill: (out: FakeWriter) => FakeWriter): void;
  cut(): void;
  stop(): Promise<void>;
}
export function startFakeSession(options?: { port?: number; picture?: FakePicture }): Promise<FakeSession>;
export function gradient(width: number, height: number): FakePicture;
