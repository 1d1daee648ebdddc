import { BrokerFault, notFound } from '../fault.ts'
import type { Namespace } from '../namespace.ts'
import type { Address } from '../topic/address.ts'
import type { TopicSubscription } from '../topic/subscription.ts'
import { defaultRule } from '../topic/subscription.ts'
import {
  describeRule,
  describeSubscription,
  describeTopic,
  readFilter,
  subscriptionSettings,
  topicSettings,
} from './description.ts'
import { escapeXml, findElement, parseXml, textsOf } from './xml.ts'

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface ResourceRequest {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly isUpdate: boolean
  readonly skip: number
}

/** @throws BrokerFault for what is refused. */
export function answerFor(namespace: Namespace, request: ResourceRequest): Answer {
  const [topic = '', subscription, rule] = request.path
    .replace(/\/$/, '')
    .split(/\/(?:Subscriptions|Rules)(?:\/|$)/i)
  if (/^\$resources\/topics$/i.test(request.path))
    return feed(
      namespace.addresses.map(one => entry(one.path, describeTopic(one))),
      request.skip,
    )
  if (subscription === undefined) return onTopic(namespace, topic, request)
  if (subscription === '') {
    const found = [...namespace.address(topic).subscriptions.values()]
    return feed(
      found.map(one => entry(`${topic}/Subscriptions/${one.name}`, describeSubscription(one))),
      request.skip,
    )
  }
  if (rule === undefined) return onSubscription(namespace, topic, subscription, request)
  const own = namespace.subscription(`${topic}/Subscriptions/${subscription}`)
  const path = `${topic}/Subscriptions/${subscription}/Rules`
  if (rule === '')
    return feed(
      own.rules.map(one => entry(`${path}/${one.name}`, describeRule(one))),
      request.skip,
    )
  return onRule(own, rule, `${path}/${rule}`, request)
}

function onTopic(namespace: Namespace, path: string, { method, body, isUpdate }: ResourceRequest): Answer {
  const show = (topic: Address, status = 200) => ({ status, body: entry(topic.path, describeTopic(topic)) })
  switch (method) {
    case 'GET':
      return show(namespace.address(path))
    case 'DELETE':
      namespace.remove(path)
      return { status: 200, body: '' }
    default: {
      const description = textsOf(findElement(parseXml(body), 'TopicDescription') ?? parseXml(body))
      if (!isUpdate) return show(namespace.createTopic(path, topicSettings(description)), 201)
      const topic = namespace.address(path)
      if (
        description.get('RequiresDuplicateDetection') !== topic.description.get('RequiresDuplicateDetection')
      )
        throw new BrokerFault(
          'amqp:not-allowed',
          'RequiresDuplicateDetection cannot be changed. SubCode=40000',
        )
      topic.description = description
      return show(topic)
    }
  }
}

function onSubscription(
  namespace: Namespace,
  topic: string,
  name: string,
  { method, body, isUpdate }: ResourceRequest,
): Answer {
  const path = `${topic}/Subscriptions/${name}`
  const show = (one: TopicSubscription, status = 200) => ({
    status,
    body: entry(path, describeSubscription(one)),
  })
  switch (method) {
    case 'GET':
      return show(namespace.subscription(path))
    case 'DELETE':
      namespace.remove(path)
      return { status: 200, body: '' }
    default: {
      const element = findElement(parseXml(body), 'SubscriptionDescription') ?? parseXml(body)
      const settings = subscriptionSettings(textsOf(element))
      if (isUpdate) {
        const own = namespace.subscription(path)
        own.description = textsOf(element)
        own.queue.options = {
          ...own.queue.options,
          ...settings,
          requiresSession: own.queue.options.requiresSession,
        }
        return show(own)
      }
      const made = namespace.createSubscription(topic, name, settings)
      const rule = findElement(element, 'DefaultRuleDescription')
      if (rule !== undefined) {
        made.removeRule(defaultRule)
        made.addRule(textsOf(rule).get('Name') ?? defaultRule, readFilter(rule))
      }
      return show(made, 201)
    }
  }
}

function onRule(
  own: TopicSubscription,
  name: string,
  path: string,
  { method, body, isUpdate }: ResourceRequest,
): Answer {
  const found = own.rules.find(rule => rule.name === name)
  if (method === 'PUT') {
    const filter = readFilter(parseXml(body))
    if (isUpdate && found === undefined) throw notFound(path)
    if (isUpdate) own.replaceRule(name, filter)
    else own.addRule(name, filter)
  } else if (found === undefined) throw notFound(path)
  else if (method === 'DELETE') {
    own.removeRule(name)
    return { status: 200, body: '' }
  }
  const rule = own.rules.find(one => one.name === name)
  return {
    status: isUpdate || method === 'GET' ? 200 : 201,
    body: rule === undefined ? '' : entry(path, describeRule(rule)),
  }
}

const atom = 'http://www.w3.org/2005/Atom'

const entry = (path: string, description: string): string => {
  const id = escapeXml(`https://127.0.0.1/${path}`)
  const title = escapeXml(path.slice(path.lastIndexOf('/') + 1))
  return `<entry xmlns="${atom}"><id>${id}</id><title type="text">${title}</title><content type="application/xml">${description}</content></entry>`
}

/** All there are from `skip` on, in one page. */
const feed = (entries: readonly string[], skip: number): Answer => ({
  status: 200,
  body: `<feed xmlns="${atom}"><title type="text">Entities</title>${entries.slice(skip).join('')}</feed>`,
})
