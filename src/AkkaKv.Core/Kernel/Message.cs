namespace AkkaKv.Core.Kernel;

/// <summary>
/// What actors send. Immutable, so that one object may be in several inboxes. Timers are messages too, and carry the
/// round or epoch they belong to.
/// </summary>
public abstract record Message;
