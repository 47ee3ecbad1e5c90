"""Whose data: storage, isolation, sessions, jobs."""

from frontdesk_tenants.without_orm import leave_orm_out

leave_orm_out()
