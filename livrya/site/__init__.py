"""What brings the apps together: pages, jobs, namespaces, announcements, monitoring, the demo."""
