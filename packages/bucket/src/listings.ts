// What reads the listings of strangers, without anything that reaches the network: for worker threads.
export { type Listing, type ReadListing, readListing } from './listing/read-listing.ts';
