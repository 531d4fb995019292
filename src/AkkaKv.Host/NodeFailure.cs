using AkkaKv.Core.Kernel;

namespace AkkaKv.Host;

/// <summary>Why a node stopped by itself: an actor or a service broke an invariant, and going on could spread it.</summary>
/// <param name="Cause">The exception.</param>
/// <param name="Actor">The actor that was at work; null when the host itself or the loop's service was.</param>
/// <param name="Message">What it was handling; null at its start or end of turn.</param>
public sealed record NodeFailure(Exception Cause, Address? Actor, Message? Message)
{
    public override string ToString() =>
        $"{Actor?.ToString() ?? "the host or its store"} failed while handling {Message?.GetType().Name ?? "no message"}: {Cause.Message}";
}

/// <summary>The node was stopped, or stopped itself, while a caller waited.</summary>
public sealed class NodeStoppedException() : Exception("The node has stopped; ask another node.");

/// <summary>How loud an event of the host is.</summary>
public enum NodeEventLevel
{
    Information,
    Warning,
    Error,
}

/// <summary>Something that an operator may want to read.</summary>
public sealed record NodeEvent(NodeEventLevel Level, string Text);
