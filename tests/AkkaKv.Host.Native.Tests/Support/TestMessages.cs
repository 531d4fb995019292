using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Native.Tests.Support;

internal sealed record Note(int Sender, long Sequence) : Message;

internal sealed record Question(long Number, Address ReplyTo) : Message;

internal sealed record Answer(long Number) : Message;

internal sealed record Blob(ReadOnlyMemory<byte> Bytes) : Message;

internal sealed record Go : Message;

internal sealed record FromTheFuture : Message;
