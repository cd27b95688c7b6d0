metadata name = 'Queues'
metadata description = 'The queues of the app: one row each. The functions\' bindings name the same ones, and a test compares.'

@export()
@description('A queue and who has to do with it.')
type queueType = {
  @description('Required. Its name, as in the `queueName` of bindings.')
  name: string

  @description('Required. What the Functions host does with it: `receive` for a trigger, `send` for an output binding.')
  host: ('receive' | 'send')[]

  @description('Required. What operators may do with it beside.')
  operators: ('receive' | 'send')[]

  @description('Required. How long a message waits for its reader, as an ISO 8601 duration.')
  life: string

  @description('Required. Whether a message that nobody took in its life stays to be looked at.')
  keepExpired: bool
}

@export()
@description('Every queue of the app.')
var queues queueType[] = [
  // Nudges: triage and tick put them, the function `work` takes them.
  { name: 'fleet-work', host: ['receive', 'send'], operators: [], life: 'P14D', keepExpired: true }
  // What operators and pipelines ask for, and what became of it. The handler remembers a command for two days: one that
  // came later could be done twice. An answer that nobody waits for is no fault.
  { name: 'fleet-commands', host: ['receive'], operators: ['send'], life: 'P2D', keepExpired: true }
  { name: 'fleet-results', host: ['send'], operators: ['receive'], life: 'P2D', keepExpired: false }
  // Input that no redelivery can mend. A person reads it.
  { name: 'fleet-rejected', host: ['send'], operators: ['receive'], life: 'P14D', keepExpired: true }
]
