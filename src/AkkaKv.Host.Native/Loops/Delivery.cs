using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Native.Loops;

/// <summary>One entry of an inbox: a message and the actor of this node that it is for, or a service's completion.</summary>
internal readonly struct Delivery
{
    private readonly object _payload;

    public Delivery(ActorRole role, ulong number, Message message)
    {
        Role = role;
        Number = number;
        _payload = message;
    }

    public Delivery(object completion)
    {
        Role = default;
        Number = 0;
        _payload = completion;
    }

    public ActorRole Role { get; }

    public ulong Number { get; }

    /// <summary>No actor has role 0.</summary>
    public bool IsCompletion => Role == default;

    public object Completion => _payload;

    // Only the constructor above fills an entry that is no completion.
    public Message Message => System.Runtime.CompilerServices.Unsafe.As<Message>(_payload);
}
