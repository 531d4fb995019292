using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>A message for an actor of this node, on its way to the shell that hosts it. Never leaves the process.</summary>
internal sealed record Delivery(ActorRole Role, ulong Number, Message Message);

/// <summary>Starts a shell's actor; what comes in before it does the same.</summary>
internal sealed class ShellStart
{
    public static ShellStart Instance { get; } = new();
}

/// <summary>A timer of the shell may be due.</summary>
internal sealed class ShellWake
{
    public static ShellWake Instance { get; } = new();
}

/// <summary>Ends a loop's turn: behind whatever was ready to run when the turn began to have something to hand over.</summary>
internal sealed class TurnEnd
{
    public static TurnEnd Instance { get; } = new();
}
