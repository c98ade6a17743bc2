// What servers hand over can be verified: headers and bodies of `fetch` and of Node, one secret and several.

import { IncomingMessage } from "node:http";
import { type AnyEvent, ParseError, parse, SIGNATURE_HEADER, SignatureError, tryParse, verify } from "clip-events";

export async function worker(request: Request, secrets: string[]): Promise<Response> {
  const body = await request.arrayBuffer();
  try {
    const signedAt: number = await verify(request.headers.get(SIGNATURE_HEADER), body, secrets, { tolerance: 60 });
    const event: AnyEvent | ParseError = tryParse(body);
    return event instanceof ParseError ? new Response(event.pointer, { status: 400 }) : new Response(`${event.id} ${signedAt}`);
  } catch (error) {
    if (error instanceof SignatureError) return new Response(error.code, { status: 401 });
    throw error;
  }
}

export async function node(request: IncomingMessage, secret: Uint8Array): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  await verify(request.headers[SIGNATURE_HEADER], body, secret, { now: 0 });
  return parse(body).type;
}
