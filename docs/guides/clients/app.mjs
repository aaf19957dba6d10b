// A page that knows who its user is. npm install openid-client
//
// ISSUER=https://enroll.example.com CLIENT_ID=... CLIENT_SECRET=... node app.mjs

import { createServer } from 'node:http';
import * as oidc from 'openid-client';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT = '3000' } = process.env;
const base = `http://127.0.0.1:${PORT}`;
// Only for an issuer without TLS on this machine: leave `execute` out everywhere else.
const options = ISSUER.startsWith('http://127.0.0.1') ? { execute: [oidc.allowInsecureRequests] } : {};
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.ClientSecretBasic(CLIENT_SECRET), options);
const [pending, users] = [new Map(), new Map()]; // By cookie. A real application has a store and ends its sessions.

async function signIn(response) {
  const key = oidc.randomState();
  const checks = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  pending.set(key, checks);
  const location = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${base}/callback`,
    scope: 'openid profile groups',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  });
  response.writeHead(303, { location: location.href, 'set-cookie': `app=${key}; HttpOnly; SameSite=Lax; Path=/` }).end();
}

createServer(async (request, response) => {
  try {
    const key = /(?:^|; )app=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (request.url.startsWith('/callback?') && pending.has(key)) {
      const checks = pending.get(key);
      pending.delete(key);
      const tokens = await oidc.authorizationCodeGrant(config, new URL(request.url, base), checks);
      users.set(key, tokens.claims());
      response.writeHead(303, { location: '/' }).end();
    } else if (users.has(key)) {
      const { preferred_username: name, groups } = users.get(key);
      response.end(`Hello ${name}: ${groups}\n`);
    } else {
      await signIn(response);
    }
  } catch (error) {
    console.error(error);
    response.writeHead(500).end('The sign-in did not work.\n');
  }
}).listen(Number(PORT), '127.0.0.1');
