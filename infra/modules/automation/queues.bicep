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
}

@export()
@description('Every queue of the app.')
var queues queueType[] = [
  // Nudges: triage and tick put them, the function `work` takes them.
  { name: 'fleet-work', host: ['receive', 'send'], operators: [] }
  // What operators and pipelines ask for, and what became of it.
  { name: 'fleet-commands', host: ['receive'], operators: ['send'] }
  { name: 'fleet-results', host: ['send'], operators: ['receive'] }
  // Input that no redelivery can mend. A person reads it.
  { name: 'fleet-rejected', host: ['send'], operators: ['receive'] }
]
