namespace AkkaKv.Core.Kernel;

/// <summary>A fact that one actor reads once and then replaces, one write at a time.</summary>
internal sealed class DurableFact(string name)
{
    private ulong _ticket;

    /// <summary>Its value is known.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>A write has not been answered yet.</summary>
    public bool IsWriting { get; private set; }

    public void Read(IActorContext context) =>
        context.Send(StoreOf(context), new FactRead(name, ++_ticket, context.Self));

    public void Write(IActorContext context, ReadOnlyMemory<byte> value)
    {
        Invariant.Require(IsLoaded, "a fact is read before it is replaced", name);
        Invariant.Require(!IsWriting, "a fact is replaced one write at a time", name);
        IsWriting = true;
        context.Send(StoreOf(context), new FactWrite(name, value, ++_ticket, context.Self));
    }

    public void OnRead(FactReadDone done)
    {
        Invariant.Require(done.Ticket == _ticket && !IsLoaded, "a fact is read once", done.Ticket);
        IsLoaded = true;
    }

    /// <returns>True when the value is on the disk.</returns>
    public bool OnWritten(FactWriteDone done)
    {
        Invariant.Require(IsWriting, "the answer to a write follows it", done.Ticket);
        Invariant.Require(done.Ticket == _ticket, "the answer is to the write under way", done.Ticket);
        IsWriting = false;
        return done.IsDone;
    }

    private static Address StoreOf(IActorContext context) => new(context.Self.Node, ActorRole.Store, 0);
}
