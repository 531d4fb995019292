using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Native.Tests.Support;

/// <summary>An actor whose lines a test writes.</summary>
internal sealed class ScriptActor(Action<IActorContext, Message> receive, Action<IActorContext>? start = null) : Actor
{
    public override void Start(IActorContext context) => start?.Invoke(context);

    public override void Receive(IActorContext context, Message message) => receive(context, message);
}

/// <summary>Collects messages, and completes when it has as many as it waits for.</summary>
internal sealed class CollectingActor(int expected) : Actor
{
    private readonly List<Message> _got = [];
    private readonly TaskCompletionSource<IReadOnlyList<Message>> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<IReadOnlyList<Message>> All => _all.Task.WaitAsync(Waiting.Max);

    public override void Receive(IActorContext context, Message message)
    {
        _got.Add(message);
        if (_got.Count == expected)
            _all.TrySetResult([.. _got]);
    }
}

internal static class Waiting
{
    /// <summary>Far more than anything here takes; only a hang reaches it.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(60);
}
