using AkkaKv.Api;

namespace AkkaKv.Host.AkkaNet.Operator;

/// <summary>A line of an answer to an operator.</summary>
/// <param name="Text">Without a line's end.</param>
/// <param name="IsError">True when what was asked for was not done; nothing follows then.</param>
public sealed record OperatorLine(string Text, bool IsError = false)
{
    internal static OperatorLine Refused(string why) => new(why, IsError: true);

    /// <summary>For a node that is starting or stopping, or whose actors did not answer in time.</summary>
    internal static OperatorLine NotReady(OperatorVerb verb, NodeHealth health) => Refused(health.Ready
        ? $"{verb.Name} needs an answer of the actors of {health.Node}; found none in time. Ask again after a moment; when it stays so, see the node's log."
        : $"{verb.Name} needs a node that is ready; found {health.Node} not ready: {string.Join(" ", health.Reasons)} Ask again after a moment, or ask another node.");
}
