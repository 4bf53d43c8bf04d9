import {
  cloudEvent,
  cloudEvents,
  inboundReply,
  inboundRequest,
  newWebhookSecret,
  shownWebhookSecret,
  webhookSecretsReply,
} from '../inbound.ts';
import { ADMIN, STATES, type Operation } from './operation.ts';

export const INBOUND: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/inbound/{source}',
    id: 'receiveFacts',
    tag: 'Inbound',
    summary:
      'Facts of one source, signed by Standard Webhooks or under an API key: safely written when this answers, booked soon after.',
    scopes: STATES,
    body: inboundRequest,
    otherBodies: { 'application/cloudevents+json': cloudEvent, 'application/cloudevents-batch+json': cloudEvents },
    replies: { 202: inboundReply },
    problems: ['signature_invalid', 'source_not_allowed', 'not_found'],
  },
  {
    method: 'post',
    path: '/v1/sources/{id}/webhook-secret',
    id: 'addWebhookSecret',
    tag: 'Inbound',
    summary: 'What the source signs with from now on; the one before counts a while longer. It is shown this once.',
    scopes: ADMIN,
    body: newWebhookSecret,
    replies: { 201: shownWebhookSecret },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/sources/{id}/webhook-secret',
    id: 'listWebhookSecrets',
    tag: 'Inbound',
    summary: 'Those that count, without the secrets themselves.',
    scopes: ADMIN,
    replies: { 200: webhookSecretsReply },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/sources/{id}/webhook-secret/revoke',
    id: 'revokeWebhookSecrets',
    tag: 'Inbound',
    summary: 'None of them counts any more.',
    scopes: ADMIN,
    replies: { 200: webhookSecretsReply },
    problems: ['not_found'],
  },
];
