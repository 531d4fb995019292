namespace AkkaKv.Ids;

/// <summary>No id can be made now; the message says what was required, what was found, and what to do.</summary>
public sealed class IdsUnavailableException(IdRefusal refusal, Exception? cause = null) : Exception(refusal.Detail, cause)
{
    /// <summary>The kind of refusal, and whether it passes.</summary>
    public IdRefusal Refusal => refusal;
}
