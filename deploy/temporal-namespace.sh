#!/bin/sh
# The namespace and the words by which cases are searched; running it again changes nothing.
set -eu
until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done
temporal operator namespace describe --namespace greffe >/dev/null 2>&1 ||
    temporal operator namespace create --namespace greffe --retention 30d
until temporal operator search-attribute list --namespace greffe >/dev/null 2>&1; do sleep 1; done
known=$(temporal operator search-attribute list --namespace greffe)
for attribute in CaseKind=Keyword CaseState=Keyword NextDue=Datetime Establishment=Keyword; do
    name=${attribute%=*}
    case "$known" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --namespace greffe --name "$name" --type "${attribute#*=}" ;;
    esac
done
