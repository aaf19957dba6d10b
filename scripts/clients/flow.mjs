// The whole flow with openid-client: discovery, code with PKCE, ID token, userinfo, refresh, sign-out.
// The browser is `fetch` with the cookie of a session; SIGN_IN is a command that opens one and prints it.

import assert from 'node:assert/strict';
import { execSync } from 'node:child_process';
import * as oidc from 'openid-client';

const { ISSUER, SIGN_IN } = process.env;
const CALLBACK = 'http://127.0.0.1:3000/callback';
const AFTER = 'http://127.0.0.1:3000/';

async function flow(name, id, authentication, metadata) {
  const options = { execute: [oidc.allowInsecureRequests] };
  const config = await oidc.discovery(new URL(ISSUER), id, metadata, authentication, options);
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile email organizations groups',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });

  // Who has not signed in is sent to the sign-in; a client that wants no page is told so.
  const out = await fetch(url, { redirect: 'manual' });
  assert.equal(new URL(out.headers.get('location')).pathname, '/saml/login');

  const cookie = `enroll_session=${execSync(SIGN_IN).toString().trim()}`;
  const browse = (to) => fetch(to, { redirect: 'manual', headers: { cookie } });
  const back = new URL((await browse(url)).headers.get('location'));
  const tokens = await oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  assert.equal(claims.preferred_username, 'ada');
  assert.deepEqual(claims.groups, ['acme:writer']);

  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(info.organizations[0].role, 'writer');

  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);

  const end = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: AFTER, id_token_hint: next.id_token, state: 's' });
  assert.equal((await browse(end)).headers.get('location'), `${AFTER}?state=s`);
  await assert.rejects(oidc.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' });
  console.log(`openid-client, ${name}: good`);
}

const [id, secret] = process.env.CONFIDENTIAL.split(' ');
await flow('client_secret_basic', id, oidc.ClientSecretBasic(secret));
await flow('client_secret_post', id, oidc.ClientSecretPost(secret));
await flow('none', process.env.PUBLIC, oidc.None());
await flow('ES256', process.env.ES256, oidc.None(), { id_token_signed_response_alg: 'ES256' });
