namespace AkkaKv.Core.Kernel;

/// <summary>
/// Asks the node's store for a fact: one of the few small things that a node must know after a restart, under a name.
/// Answered by <see cref="FactReadDone"/>. Facts belong to no partition; each is read and written by one actor only.
/// </summary>
/// <param name="Name">1 to 200 ASCII characters.</param>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record FactRead(string Name, ulong Ticket, Address ReplyTo) : Message;

/// <param name="Value">Empty when there is none.</param>
public sealed record FactReadDone(ulong Ticket, ReadOnlyMemory<byte> Value) : Message;

/// <summary>
/// Replaces a fact. Answered by <see cref="FactWriteDone"/> once it is on the disk, whatever the store's durability for
/// objects: a promise that a crash takes back was none. Writes of one fact complete in the order they were sent.
/// </summary>
/// <param name="Value">At most 1 MiB; empty forgets the fact.</param>
public sealed record FactWrite(string Name, ReadOnlyMemory<byte> Value, ulong Ticket, Address ReplyTo) : Message;

/// <param name="IsDone">False when the store takes no writes or its disk failed: after a restart either value may be there.</param>
public sealed record FactWriteDone(ulong Ticket, bool IsDone) : Message;
