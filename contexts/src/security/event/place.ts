import Type from 'typebox'
import { id } from '../../definition/field.ts'

/** Which service a system event is about, and where it runs; part of its payload. */
export const place = {
  service: id('Name of the service.', 'subscription-service'),
  instanceId: Type.Optional(id('Instance of it.', 'subscription-service-7c9f')),
  environment: Type.Optional(id('Environment in which it runs.', 'production')),
  region: Type.Optional(id('Region in which it runs.', 'eu-west-1')),
}
