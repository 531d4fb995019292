using AkkaKv.Core.Kernel;

namespace AkkaKv.Contract;

/// <summary>An actor whose lines a test writes.</summary>
internal sealed class ScriptedActor(Action<IActorContext, Message> receive, Action<IActorContext>? start = null) : Actor
{
    public override void Start(IActorContext context) => start?.Invoke(context);

    public override void Receive(IActorContext context, Message message) => receive(context, message);
}

/// <summary>Sets an actor of a test off.</summary>
internal sealed record Begin : Message;

/// <summary>Something to be told apart by its number.</summary>
internal sealed record Numbered(long Number) : Message;

/// <summary>Carries an address to an actor that could not know it.</summary>
internal sealed record Introduced(Address Other) : Message;
