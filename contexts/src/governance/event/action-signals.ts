import { defineEvent } from 'keelson'
import Type from 'typebox'
import { count, id, list, number, text, time } from '../../definition/field.ts'
import { deadLetter, retention, retry } from '../../definition/policy.ts'
import { riskSubject } from './risk-events.ts'

const common = {
  version: '1.0',
  kind: 'integration',
  topic: 'governance.signals',
  retention: retention.signals,
  retry: retry.worker,
  deadLetter: deadLetter.ticket,
} as const

export const DeploymentRequested = defineEvent({
  ...common,
  type: 'DeploymentRequested',
  summary: 'Somebody wants to bring an artifact to an environment, which policy has to allow.',
  producer: 'DevOps & GitOps',
  consumers: ['PolicyEvaluationWorker'],
  aggregate: 'Deployment',
  orderingKey: event => event.payload.deploymentId,
  idempotencyKey: event => event.payload.deploymentId,
  payload: Type.Object(
    {
      deploymentId: id('Id of the deployment.', 'dep-55a1'),
      artifactId: id('Artifact that is to be deployed.', 'art-api-7c'),
      environment: id('Environment that it is to go to.', 'prod'),
      action: Type.Optional(id('Action as policies name it; Deploy where it is absent.', 'Promote')),
      artifactVersion: Type.Optional(id('Version of the artifact.', '2.4.0')),
      contentHash: Type.Optional(id('Hash of its content.', 'sha256:9f86d081884c7d65')),
      fromEnvironment: Type.Optional(id('Environment that it comes from.', 'staging')),
      requestedBy: Type.Optional(
        Type.Object(
          {
            agentId: Type.Optional(id('Agent that asks.', 'agent-release-01')),
            userId: Type.Optional(id('User who asks.', 'usr-12')),
            role: Type.Optional(id('Role in which it asks.', 'ReleaseAgent')),
          },
          { description: 'Who asks.' },
        ),
      ),
      classification: Type.Optional(id('Label of the data that it handles.', 'Restricted')),
      commitId: Type.Optional(id('Commit that it was built from.', '1f6a0c2')),
      changeId: Type.Optional(id('Change in the records of operations.', 'CHG-10442')),
      strategy: Type.Optional(id('How it is rolled out.', 'canary')),
      notBefore: Type.Optional(time('When it may begin.', '2026-06-11T20:00:00Z')),
    },
    { description: 'What is to go where, and who asks.' },
  ),
  rules: [
    'The deployment waits until a policy decision allows it.',
    'A deployment with other content is another deployment with another id.',
  ],
  personal: [],
  monitoring: {
    metrics: ['Requests by environment.', 'Time from the request to the decision.'],
    alerts: ['A request waits for its decision longer than five minutes.'],
  },
  examples: [
    {
      deploymentId: 'dep-55a1',
      artifactId: 'art-api-7c',
      environment: 'prod',
      action: 'Promote',
      artifactVersion: '2.4.0',
      contentHash: 'sha256:9f86d081884c7d65',
      fromEnvironment: 'staging',
      requestedBy: { agentId: 'agent-release-01', role: 'ReleaseAgent' },
      classification: 'Restricted',
      commitId: '1f6a0c2',
      changeId: 'CHG-10442',
      strategy: 'canary',
      notBefore: '2026-06-11T20:00:00Z',
    },
    {
      deploymentId: 'dep-55a2',
      artifactId: 'art-docs-1',
      environment: 'dev',
      requestedBy: { userId: 'usr-31' },
    },
  ],
})

export const AgentTaskAssigned = defineEvent({
  ...common,
  type: 'AgentTaskAssigned',
  summary: 'An agent was given a task whose actions policy has to allow.',
  producer: 'Control Plane',
  consumers: ['PolicyEvaluationWorker'],
  aggregate: 'AgentTask',
  orderingKey: event => event.payload.taskId,
  idempotencyKey: event => `${event.payload.taskId}:${event.payload.agentId}:${event.occurredAt}`,
  payload: Type.Object(
    {
      taskId: id('Id of the task.', 'task-8801'),
      agentId: id('Agent that has it.', 'agent-coder-07'),
      action: id('What it is to do, as policies name it.', 'ModifyCode'),
      role: Type.Optional(id('Role in which it acts.', 'CodingAgent')),
      assignedBy: id('User, agent or workflow that gave it.', 'wf-release-train'),
      goal: Type.Optional(
        text('What it is to reach, in words.', 'Raise the limit of open reservations.', 4096),
      ),
      resource: Type.Optional(
        Type.Object(
          {
            type: id('Kind of the resource.', 'Repository'),
            artifactId: Type.Optional(id('Artifact that it works on.', 'art-api-7c')),
            classification: Type.Optional(id('Label of its data.', 'Confidential')),
            environment: Type.Optional(id('Environment in which it works.', 'dev')),
          },
          { description: 'What it works on.' },
        ),
      ),
      tools: Type.Optional(list(id('Name of a tool.', 'git.push'), 'Tools that it may use.', ['git.push'])),
      tokenBudget: Type.Optional(count('Tokens that it may use.', 200_000)),
      dueAt: Type.Optional(time('When it is to be done.', '2026-06-12T09:00:00Z')),
    },
    { description: 'Which agent is to do what.' },
  ),
  rules: [
    'The agent does not begin before a policy decision allows the action.',
    'A task that goes to another agent is told again and decided again.',
  ],
  personal: [{ pointer: '/goal', subject: '/assignedBy', kind: 'free-text' }],
  monitoring: {
    metrics: ['Tasks by agent role and action.', 'Share of tasks that policy denies.'],
    alerts: ['An agent is denied more than ten tasks in an hour.'],
  },
  examples: [
    {
      taskId: 'task-8801',
      agentId: 'agent-coder-07',
      action: 'ModifyCode',
      role: 'CodingAgent',
      assignedBy: 'wf-release-train',
      goal: 'Raise the limit of open reservations.',
      resource: {
        type: 'Repository',
        artifactId: 'art-api-7c',
        classification: 'Confidential',
        environment: 'dev',
      },
      tools: ['git.push', 'tests.run'],
      tokenBudget: 200_000,
      dueAt: '2026-06-12T09:00:00Z',
    },
    { taskId: 'task-8802', agentId: 'agent-release-01', action: 'Promote', assignedBy: 'usr-12' },
  ],
})

export const BehaviouralSignalObserved = defineEvent({
  ...common,
  type: 'BehaviouralSignalObserved',
  summary: 'Someone or something behaved otherwise than it usually does.',
  producer: 'Observability & Feedback',
  consumers: ['RiskScoreWorker'],
  aggregate: 'BehaviouralSignal',
  orderingKey: event => `${event.payload.subjectType}:${event.payload.subjectId}`,
  idempotencyKey: event =>
    `${event.payload.subjectType}:${event.payload.subjectId}:${event.payload.signalType}:${event.occurredAt}`,
  payload: Type.Object(
    {
      ...riskSubject,
      signalType: id(
        'What was seen: denied-actions, unusual-hours, new-location, bulk-read.',
        'denied-actions',
      ),
      value: Type.Optional(number('What was measured.', 14)),
      baseline: Type.Optional(number('What is usual.', 0.5)),
      unit: Type.Optional(id('Unit of both.', 'per hour')),
      confidence: Type.Optional(number('How sure it is, from 0 to 1.', 0.8, { minimum: 0, maximum: 1 })),
      windowStart: Type.Optional(time('Begin of what was looked at.', '2026-06-11T08:00:00Z')),
      windowEnd: Type.Optional(time('End of what was looked at.', '2026-06-11T09:00:00Z')),
      sampleEventIds: Type.Optional(
        list(id('Id of an event.', 'evt-4d21ab9c'), 'Some of the events that show it.', ['evt-4d21ab9c'], {
          maxItems: 20,
        }),
      ),
    },
    { description: 'Who or what behaved how.' },
  ),
  rules: [
    'It is an observation and no verdict: alone it neither denies nor suspends anything.',
    'The events that it names belong to the same tenant.',
  ],
  personal: [],
  retention: retention.operations,
  monitoring: {
    metrics: ['Signals by type and kind of subject.', 'Share of signals that changed a score.'],
    alerts: ['No signals came for a day although events did.'],
  },
  examples: [
    {
      subjectType: 'Agent',
      subjectId: 'agent-coder-07',
      signalType: 'denied-actions',
      value: 14,
      baseline: 0.5,
      unit: 'per hour',
      confidence: 0.8,
      windowStart: '2026-06-11T08:00:00Z',
      windowEnd: '2026-06-11T09:00:00Z',
      sampleEventIds: ['evt-4d21ab9c'],
    },
    { subjectType: 'User', subjectId: 'usr-88', signalType: 'new-location' },
  ],
})
