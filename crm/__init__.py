"""Who is outside: contacts, tickets, and the connectors through which processes use them."""

from crm import connectors as connectors  # registers crm.*
from crm import document_connector as document_connector  # registers document.render
from crm import erasing as erasing  # registers the job that erases what had to wait
from crm import identity_connector as identity_connector  # registers identity.check
