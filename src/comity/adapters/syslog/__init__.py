"""The audit log to a collector of logs: syslog over TLS, or the socket of this machine's."""

from comity.adapters.syslog.sink import SyslogSink

__all__ = ["SyslogSink"]
