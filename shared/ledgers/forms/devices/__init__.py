"""The noun *device* (填报设备): a phone that fetches forms and sends what was filled in, in the name of one worker."""
