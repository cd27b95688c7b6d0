metadata name = 'Topic'
metadata description = 'What is known of a system topic before it exists, and where to look for one that does.'

import { topicKindType } from '../routes.bicep'

@export()
@description('A system topic.')
type systemTopicType = {
  @description('Its name.')
  name: string

  @description('Which routes listen to it.')
  kind: topicKindType

  @description('Azure\'s name for the kind.')
  type: string

  @description('What raises the events: the subscription, or one cluster.')
  source: string

  @description('`global` for a subscription, the region of a cluster.')
  location: string

  @description('The resource group that it lies in.')
  resourceGroupName: string

  @description('Whether somebody else made it.')
  exists: bool
}

@export()
@description('The resource group in an ARM id. The one place where an id is taken apart by position: Bicep has no parser of ids.')
func resourceGroupOf(id string) string => split(id, '/')[4]

@export()
@description('The last name in an ARM id.')
func nameOf(id string) string => last(split(id, '/'))
