metadata name = 'Names of the app'
metadata description = 'Names that several modules refer to. They follow from the purpose and the resource group, never from the outputs of a deployment: a preview can then tell every id.'

@export()
@description('The identity of the function app: of the host and of the handler in it.')
func handlerIdentityName(purpose string) string => 'id-automation-${purpose}'

@export()
@description('The identity by which Event Grid writes dead letters. It can do nothing else.')
func eventIdentityName(purpose string) string => 'id-events-${purpose}'

@export()
@description('The storage account: 24 lower-case letters and digits at most, unique in all of Azure.')
func storageAccountName(purpose string, resourceGroupId string) string =>
  'st${take(purpose, 10)}${take(uniqueString(resourceGroupId), 12)}'

@export()
@description('Containers of the storage account.')
var containers = {
  // The deployment package.
  package: 'package'
  // The handler's ledger and journal.
  state: 'state'
  // Events that the app did not take in a day.
  deadLetters: 'event-dead-letters'
}

@export()
@description('The Service Bus namespace, unique in all of Azure.')
func serviceBusName(purpose string, resourceGroupId string) string => 'sb-${purpose}-${uniqueString(resourceGroupId)}'

@export()
@description('Application Insights.')
func insightsName(purpose string) string => 'appi-automation-${purpose}'

@export()
@description('The function app, unique in all of Azure.')
func functionAppName(purpose string, resourceGroupId string) string =>
  'func-${purpose}-${uniqueString(resourceGroupId)}'

@export()
@description('The app\'s network and its subnets.')
func networkName(purpose string) string => 'vnet-automation-${purpose}'

@export()
@description('Subnets of the app\'s network.')
var subnets = {
  // Outbound calls of the app.
  functions: 'snet-functions'
  // Private endpoints.
  endpoints: 'snet-endpoints'
}
